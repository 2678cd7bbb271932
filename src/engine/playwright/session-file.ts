import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { shareSecrets } from '../../kernel/secrets/known-secrets.js';
import { keepSpansIn } from '../../kernel/spans.js';
import { scaleTimeLimits } from '../../kernel/time-limits.js';

/** Names the session file to Playwright's processes: it is all that the engine tells them. */
export const sessionVariable = 'MESHPROOF_SESSION';

const path = z.string().startsWith('/');
const patch = z.record(z.string(), z.unknown());

const manifestChangeSchema = z
  .strictObject({ manifest: z.string(), object: z.string(), patch: patch.nullable() })
  .or(z.strictObject({ manifest: z.string(), add: patch }));

const unmetSchema = z.strictObject({
  images: z.record(z.string(), z.string()),
  room: z.record(z.string(), z.string()),
  rights: z.array(z.string()),
  unknown: z.array(z.string()),
  settings: z.string().optional(),
});

/** What Playwright needs to run behaviours on a mesh that is up. */
const meshSessionSchema = z.strictObject({
  topology: z.string(),
  /** How many there are: a behaviour has more time on a larger mesh. */
  clusters: z.int().min(1),
  stateFile: path,
  /** The run's folder, where the reporter writes verdicts and attachments. */
  reportDir: path,
  /** Playwright's own reports and results; it empties this folder at its start. */
  playwrightDir: path,
  /** `record`: the verdicts alone, without the reports of Playwright and Allure; `blobs`: all, and Playwright's blob. */
  reports: z.enum(['all', 'blobs', 'record']),
  spansFile: path,
  secretsFile: path,
  /** Paths by version of Istio. */
  istioctl: z.record(z.string(), z.string()),
  /** Behaviours side by side. */
  workers: z.int().min(1),
  /** Attached meshes: behaviours may change the whole mesh for a moment. */
  allowDisruptive: z.boolean(),
  /** A behaviour that fails attaches the state of its namespaces and the configuration. */
  evidence: z.boolean(),
  /** The documents' own times instead of short ones. */
  long: z.boolean(),
  /** What behaviours need of existing clusters and do not get. */
  unmet: unmetSchema.optional(),
  /** Changes to what the behaviours apply: faults of manifests. */
  manifestChanges: z.array(manifestChangeSchema),
});
export type MeshSession = z.infer<typeof meshSessionSchema>;

const sessionSchema = z.strictObject({
  version: z.literal(1),
  /** Folders with specs. */
  suites: z.array(path).min(1),
  /** Configuration of the user's project, where it has checks. */
  checksFile: path.optional(),
  timeouts: z.strictObject({ scale: z.number().positive() }),
  /** Absent where behaviours are only listed. */
  mesh: meshSessionSchema.optional(),
});
export type Session = z.infer<typeof sessionSchema>;

/** Writes a session for Playwright's processes; only the user can read it. */
export function writeSession(file: string, session: Session): void {
  writeFileSync(file, `${JSON.stringify(sessionSchema.parse(session), null, 2)}\n`, { mode: 0o600 });
}

let opened: { file: string; session: Session } | undefined;

/**
 * The session of this process; undefined where none is named, as in a unit test. The first call in a process also scales
 * its time limits, and connects it to the others of its run: secrets and spans go to the files that the session names. Throws (exit 4) for a file that cannot be used.
 */
export function openSession(): Session | undefined {
  const file = process.env[sessionVariable];
  if (!file) return undefined;
  if (opened?.file === file) return opened.session;
  const session = readSession(file);
  opened = { file, session };
  scaleTimeLimits(session.timeouts.scale);
  if (session.mesh) {
    shareSecrets(session.mesh.secretsFile);
    keepSpansIn(session.mesh.spansFile);
  }
  return session;
}

function readSession(file: string): Session {
  let problem: string;
  try {
    const checked = sessionSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (checked.success) return checked.data;
    const [issue] = checked.error.issues;
    problem = `${issue!.path.join('.') || 'the file'}: ${issue!.message}`;
  } catch (error) {
    problem = (error as Error).message;
  }
  throw new MeshproofError(`cannot use the session file: ${problem}`, exitCode.environment, {
    where: file,
    expected: 'a file written by this version of meshproof',
    remedy: 'run the behaviours with: meshproof test',
  });
}
