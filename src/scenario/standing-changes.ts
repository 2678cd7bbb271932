import { cleanUp } from '../kernel/cancellation.js';
import { Undetermined } from '../kernel/undetermined.js';
import { Undo } from '../kernel/undo.js';
import { Breakage } from '../fault/breakage.js';

interface Standing {
  undo: Undo;
  /** Take back the notes that the mesh is changed. */
  forget: (() => void)[];
}

/** Changes that acts have made to a mesh and nobody has taken back yet, by name. */
export class StandingChanges {
  private readonly standing = new Map<string, Standing>();

  /** `note` is told of each change before it is made, and returns what is called when it is taken back. */
  constructor(private readonly note: (what: string) => () => void = () => () => {}) {}

  /** What changes the mesh under a name. What was changed under it before is taken back together with it. */
  under(name: string): Breakage {
    const known = this.standing.get(name);
    if (known) return new Breakage(known.undo);
    const forget: (() => void)[] = [];
    const undo = new Undo((what) => {
      const gone = this.note(what);
      forget.push(gone);
      return gone;
    });
    this.standing.set(name, { undo, forget });
    return new Breakage(undo);
  }

  /** Takes back what was changed under a name, the last change first, also after an interrupt. Nothing where nothing was. */
  async takeBack(name: string): Promise<void> {
    const found = this.standing.get(name);
    if (!found) return;
    await cleanUp(() => found.undo.all());
    this.standing.delete(name);
  }

  /** What was changed under a name is the mesh as it is to be from now on. */
  accept(name: string): void {
    for (const gone of this.standing.get(name)?.forget ?? []) gone();
    this.standing.delete(name);
  }

  /** Takes back everything, the last name first. Throws Undetermined with what could not be taken back. */
  async takeBackAll(): Promise<void> {
    const left: string[] = [];
    for (const name of [...this.standing.keys()].toReversed())
      await this.takeBack(name).catch((error: Error) => void left.push(error.message));
    if (left.length > 0) throw new Undetermined(left.join('; '));
  }
}
