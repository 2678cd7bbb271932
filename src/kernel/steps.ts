/** Where a piece of work reports that it began and ended; the terminal's task list and the record's timings hang on it. */
export interface Steps {
  step<T>(title: string, options: StepOptions, work: () => Promise<T>): Promise<T>;
  /** One line that a person should read now. */
  note(text: string): void;
}

export interface StepOptions {
  cluster?: string;
  /** Id of the step of a plan's graph that this is. */
  id?: string;
  /** How far the step is, asked for whenever it is shown, e.g. `3 of 12 layers`. */
  detail?: () => string;
}
