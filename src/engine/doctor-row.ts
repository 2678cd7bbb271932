/** One thing that was looked at before anything is made. */
export interface DoctorRow {
  /** Name of a cluster, or `machine`. */
  where: string;
  what: string;
  is: 'ok' | 'wrong' | 'warning' | 'cannot tell';
  says: string;
  remedy?: string;
}
