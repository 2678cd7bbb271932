// Playwright runs what is compiled, also in tests.
import { prepare } from '../scripts/prepare.mjs';

export default async () => void (await prepare());
