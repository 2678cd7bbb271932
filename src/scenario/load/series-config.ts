/** One thing that a client calls over and over. */
export interface SeriesConfig {
  lane: 'new' | 'new-no-retry' | 'reused' | 'tcp-stream' | 'grpc-stream' | 'connect' | 'ingress' | 'control';
  /** The cluster whose pods are to answer; of a service of the user's, what is called. */
  cluster: string;
  host: string;
  port: number;
  /** The host that an HTTP call names, where that is not the one that it goes to. */
  authority?: string;
  /** Only of a service of the user's: the path of HTTP that is asked for. Its answers do not say who gave them. */
  path?: string;
}
