import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { self } from '../src/run/lease.js';
import { rememberSecrets } from '../src/kernel/secrets/known-secrets.js';
import { abandonedReports } from '../src/run/abandoned-reports.js';
import { publishedPath, ReportFolder, withReport } from '../src/run/report-folder.js';

const canary = 'planted-9f8e7d6c5b4a';
rememberSecrets([{ word: canary, source: 'test' }]);

let work: string;
let root: string;
beforeEach(() => {
  work = mkdtempSync(path.join(tmpdir(), 'meshproof-report-'));
  root = path.join(work, 'reports');
});
afterEach(() => rmSync(work, { recursive: true }));

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const at = (...parts: string[]): string => path.join(work, ...parts);

describe('a report', () => {
  test('names the commit that it was begun with, wherever the checkout has moved since', async () => {
    vi.stubEnv('MESHPROOF_COMMIT', 'abc123');
    const report = await ReportFolder.open(root, 'a1');
    vi.stubEnv('MESHPROOF_COMMIT', 'def456');
    expect(await report.meshproof).toMatchObject({ commit: 'abc123' });
    report.discard();
    vi.unstubAllEnvs();
  });

  test('is written where only its owner enters, and gets its name when it was searched', async () => {
    const report = await ReportFolder.open(root, 'a1');
    expect(report.dir).toBe(at('.partial-reports', 'a1'));
    expect([mode(at('.partial-reports')), mode(report.dir)]).toEqual(['700', '700']);
    writeFileSync(path.join(report.dir, 'summary.txt'), 'all is well');
    expect(readdirSync(root)).toEqual([]);
    await report.publish();
    expect(readdirSync(work)).toEqual(['reports']);
    expect(readdirSync(at('reports', 'a1'))).toEqual(['summary.txt']);
    // whoever may read reports may read this one
    expect(mode(at('reports', 'a1'))).toBe(mode(root));
  });

  test('is made once', async () => {
    await withReport(root, 'a1', (report) => report.publish());
    await expect(ReportFolder.open(root, 'a1')).rejects.toThrow(/exists already/);
    await expect(ReportFolder.open(root, '../a1')).rejects.toThrow(/valid folder name/);
    await expect(ReportFolder.open(root, '.a1')).rejects.toThrow(/valid folder name/);
  });

  test('is not made twice at the same time', async () => {
    const report = await ReportFolder.open(root, 'a1');
    await expect(ReportFolder.open(root, 'a1')).rejects.toThrow(/exists already/);
    report.discard();
  });

  test('is removed when its work fails, and a full disk is told with a remedy', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const error: Error & { code?: number } = await withReport(root, 'a1', (report) => {
      writeFileSync(path.join(report.dir, 'log.txt'), canary);
      throw full;
    }).then(
      () => expect.unreachable(),
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 4, remedy: expect.stringContaining('free some space') as string });
    expect(readdirSync(work)).toEqual(['reports']);
  });

  test('that cannot be made says where and what to do', async () => {
    writeFileSync(root, '');
    await expect(ReportFolder.open(root, 'a1')).rejects.toMatchObject({
      code: 4,
      where: root,
      remedy: expect.stringContaining('another folder') as string,
    });
  });
});

describe('a report with a secret', () => {
  /** The error with which it is refused. */
  const refused = (): Promise<Error & { code: number; where?: string; remedy: string }> =>
    withReport(root, 'a1', async (report) => {
      writeFileSync(path.join(report.dir, 'left.log'), `x ${canary}`);
      await report.publish();
    }).then(
      () => expect.unreachable(),
      (reason: Error & { code: number; remedy: string }) => reason,
    );

  test('goes where nobody uploads from, and the secret is not repeated', async () => {
    const error = await refused();
    expect(error).toMatchObject({ code: 6, where: 'refused/a1' });
    expect(error.message).toContain('known secret (test) in left.log');
    expect(error.message).not.toContain(canary);
    expect(readdirSync(root)).toEqual([]);
    expect(readdirSync(at('refused', 'a1'))).toEqual(['left.log']);
    expect([mode(at('refused')), mode(at('refused', 'a1'))]).toEqual(['700', '700']);
    expect(existsSync(at('.partial-reports'))).toBe(false);
  });

  test('stays beside an earlier one of its name', async () => {
    mkdirSync(at('refused', 'a1'), { recursive: true });
    writeFileSync(at('refused', 'a1', 'earlier'), '');
    expect((await refused()).where).toBe('refused/a1-2');
    expect(readdirSync(at('refused', 'a1'))).toEqual(['earlier']);
    expect(readdirSync(at('refused', 'a1-2'))).toEqual(['left.log']);
  });

  test('is removed when it cannot be moved there', async () => {
    writeFileSync(at('refused'), 'a file');
    const error = await refused();
    expect(error).toMatchObject({ code: 6, where: undefined });
    expect(error.remedy).toContain('the report was deleted');
    expect(readdirSync(work).sort()).toEqual(['refused', 'reports']);
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('what processes have left', () => {
  const leave = (id: string, owner: object | string | undefined): void => {
    mkdirSync(at('.partial-reports', id), { recursive: true });
    if (owner !== undefined) writeFileSync(at('.partial-reports', `${id}.json`), JSON.stringify(owner));
  };
  const gone = { ...self(), pid: 999_999_999, processStart: '1' };

  const old = new Date(Date.now() - 25 * 3600 * 1000);

  test('goes at the next report when they are gone', async () => {
    leave('gone000000', gone);
    leave('nobody0000-20260101T000000', undefined);
    utimesSync(at('.partial-reports', 'nobody0000-20260101T000000'), old, old);
    leave('nobody1111', undefined);
    leave('mine000000', self());
    leave('elsewhere0', { pid: 1, processStart: '1', host: `not-${hostname()}` });
    expect(abandonedReports(root)).toEqual(['gone000000', 'nobody0000-20260101T000000']);
    await withReport(root, 'a1', (report) => report.publish());
    const ids = readdirSync(at('.partial-reports')).sort();
    expect(ids).toEqual(['elsewhere0', 'elsewhere0.json', 'mine000000', 'mine000000.json', 'nobody1111']);
  });

  test('does not go where it has no name of a report, whatever is beside it', () => {
    leave('notes', undefined);
    leave('thesis', gone);
    for (const name of ['notes', 'thesis']) utimesSync(at('.partial-reports', name), old, old);
    expect(abandonedReports(root)).toEqual([]);
  });

  test('is not what a process still works on, however long it takes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const report = await ReportFolder.open(root, 'a1');
      utimesSync(`${report.dir}.json`, old, old);
      vi.advanceTimersByTime(2 * 3600 * 1000);
      expect(Date.now() - statSync(`${report.dir}.json`).mtimeMs).toBeLessThan(60_000);
      report.discard();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('a path in a message is the one that the reader will find', () => {
  expect(publishedPath('/w/.partial-reports/a1/playwright/log.txt')).toBe('/w/reports/a1/playwright/log.txt');
});
