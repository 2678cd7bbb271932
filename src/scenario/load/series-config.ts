/** One thing that a client calls over and over. */
export interface SeriesConfig {
  lane: 'new' | 'new-no-retry' | 'reused' | 'tcp-stream' | 'grpc-stream' | 'ingress' | 'control';
  /** The cluster whose pods are to answer. */
  cluster: string;
  host: string;
  port: number;
  /** The host that an HTTP call names, where that is not the one that it goes to. */
  authority?: string;
}
