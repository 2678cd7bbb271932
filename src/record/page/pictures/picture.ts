import type { Behaviour } from '../../result.js';
import type { Markup } from '../html.js';

export type Measured = Behaviour['measurements'][string];

/** A way to draw what a behaviour has measured, one file each; `measurements.ts` lists them. */
export interface Picture {
  /** Undefined where the value is nothing that this can draw. */
  draw(name: string, value: Measured): Markup | undefined;
}
