import { expect, test } from 'vitest';
import { Undetermined } from '../src/kernel/undetermined.js';
import { Undo } from '../src/kernel/undo.js';

test('takes back the last change first, and says what it could not take back', async () => {
  const undo = new Undo();
  const done: string[] = [];
  for (const what of ['first', 'second', 'third'])
    undo.later(what, () =>
      what === 'second' ? Promise.reject(new Error('refused')) : Promise.resolve(done.push(what)),
    );
  await expect(undo.all()).rejects.toThrow('the mesh was not restored: second: refused');
  expect(done).toEqual(['third', 'first']);
});

test('tries again what could not be taken back, and nothing else', async () => {
  const undo = new Undo();
  const done: string[] = [];
  let refusals = 1;
  undo.later('first', () => Promise.resolve(done.push('first')));
  undo.later('second', () =>
    refusals-- > 0 ? Promise.reject(new Error('refused')) : Promise.resolve(done.push('second')),
  );
  await expect(undo.all()).rejects.toThrow(Undetermined);
  await undo.all();
  expect(done).toEqual(['first', 'second']);
});

test('a change that its own part has taken back is not taken back again', async () => {
  const undo = new Undo();
  let times = 0;
  const takeBack = undo.later('it', () => Promise.resolve(times++));
  await takeBack();
  await undo.all();
  expect(times).toBe(1);
});

test('at the end a change that is under way is waited for and taken back, and none begins any more', async () => {
  const undo = new Undo();
  const done: string[] = [];
  let go!: () => void;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const change = undo.during(async () => {
    await gate;
    undo.later('it', () => Promise.resolve(done.push('taken back')));
    done.push('changed');
  });
  const end = undo.end().then(() => undo.all());
  await expect(undo.during(() => Promise.resolve(done.push('late')))).rejects.toThrow(/the behaviour is over/);
  go();
  await Promise.all([change, end]);
  expect(done).toEqual(['changed', 'taken back']);
});

test('each change is noted before it is made and as long as it is not taken back; what is no change to the mesh is not', async () => {
  const open = new Set<string>();
  const undo = new Undo((what) => {
    open.add(what);
    return () => open.delete(what);
  });
  let refused = true;
  undo.later('first', () => (refused ? Promise.reject(new Error('refused')) : Promise.resolve()));
  const takeBack = undo.later('second', () => Promise.resolve());
  undo.later('third', () => Promise.resolve());
  undo.ownLater('the load', () => Promise.resolve());
  expect([...open]).toEqual(['first', 'second', 'third']);
  await takeBack();
  expect([...open]).toEqual(['first', 'third']);
  await expect(undo.all()).rejects.toThrow('first: refused');
  expect([...open]).toEqual(['first']);
  refused = false;
  await undo.all();
  expect([...open]).toEqual([]);
});
