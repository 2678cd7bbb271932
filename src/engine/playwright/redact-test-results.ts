import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { TestCase, TestError, TestResult, TestStep } from '@playwright/test/reporter';
import { redact, redactJson } from '../../kernel/secrets/redact.js';
import { stripAnsi } from '../../kernel/text.js';

/**
 * Playwright gives one and the same object to all of its reporters, one reporter after the other: what the first one redacts in it,
 * no other sees, and so neither Playwright's report nor Allure's holds it.
 */
export function redactResult(test: TestCase, result: TestResult): void {
  for (const error of result.errors) redactError(error);
  for (const step of result.steps) redactStep(step);
  for (const annotation of [...test.annotations, ...result.annotations]) redactAnnotation(annotation);
  for (const attachment of result.attachments) redactAttachment(attachment);
  redactOutput(result.stdout);
  redactOutput(result.stderr);
}

export function redactStep(step: TestStep): void {
  step.title = redact(step.title);
  if (step.error) redactError(step.error);
  for (const annotation of step.annotations) redactAnnotation(annotation);
  for (const inner of step.steps) redactStep(inner);
}

export function redactError(error: TestError): void {
  for (const field of ['message', 'stack', 'value', 'snippet'] as const) {
    const text = error[field];
    if (text !== undefined) error[field] = redactColoured(text);
  }
  if (error.cause) redactError(error.cause);
}

/** What a test wrote to one of its streams, piece by piece. */
export function redactOutput(pieces: (string | Buffer)[]): void {
  for (const [i, piece] of pieces.entries()) pieces[i] = redactColoured(piece.toString());
}

function redactAnnotation(annotation: { description?: string }): void {
  if (annotation.description !== undefined) annotation.description = redact(String(annotation.description));
}

/** Text in a body, or in the file that Playwright has made of it; other bytes are left to the search of the finished report. */
function redactAttachment(attachment: TestResult['attachments'][number]): void {
  attachment.name = redact(attachment.name);
  if (attachment.body) attachment.body = redactBytes(attachment.body);
  if (attachment.path === undefined) return;
  const redacted = redactedFile(attachment.path);
  if (!redacted) return;
  try {
    replace(attachment.path, redacted);
  } catch {
    attachment.path = undefined;
    attachment.body = redacted;
  }
}

/** Text in a file, where there is one; other bytes stay. A file that cannot be written is removed, and the error thrown. */
export function redactFile(file: string): void {
  const redacted = redactedFile(file);
  if (redacted) replace(file, redacted);
}

/** What a file is to hold; undefined where it stays as it is. */
function redactedFile(file: string): Buffer | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  const redacted = redactBytes(bytes);
  return redacted.equals(bytes) ? undefined : redacted;
}

function replace(file: string, bytes: Buffer): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    // a full disk: what is not redacted must not stay
    rmSync(file, { force: true });
    throw error;
  }
}

function redactBytes(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) return bytes;
  const text = bytes.toString('utf8');
  return Buffer.from(redactedDocument(text) ?? redactColoured(text));
}

/** Colours may hide where a word begins; a text that holds a secret loses them. */
function redactColoured(text: string): string {
  const plain = stripAnsi(text);
  const redacted = redact(plain);
  return redacted === plain ? text : redacted;
}

/** JSON stays JSON. Undefined for any other text. */
function redactedDocument(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(redactJson(JSON.parse(text) as unknown));
  } catch {
    return undefined;
  }
}
