// The parts of Envoy's configuration that a call is followed by, as its admin interface writes them in JSON.

export interface Listener {
  name: string;
  address?: { socket_address?: { address: string; port_value: number } };
  filter_chains?: FilterChain[];
  default_filter_chain?: FilterChain;
}

export interface FilterChain {
  name?: string;
  filter_chain_match?: {
    server_names?: string[];
    destination_port?: number;
    transport_protocol?: string;
    application_protocols?: string[];
  };
  filters?: Filter[];
  transport_socket?: TransportSocket;
}

export interface Filter {
  name: string;
  typed_config?: {
    /** Of an HTTP connection manager. */
    rds?: { route_config_name?: string };
    route_config?: RouteConfiguration;
    http_filters?: Filter[];
    /** Of a TCP proxy. */
    cluster?: string;
    weighted_clusters?: WeightedClusters;
    /** Of a filter for roles. */
    rules?: Rules;
  };
}

export interface Rules {
  /** ALLOW where it is left out. */
  action?: string;
  policies?: Record<string, { permissions?: RuleTerm[]; principals?: RuleTerm[] }>;
}

/** A permission or a principal: one key says what it is. */
export type RuleTerm = Record<string, unknown>;

export interface WeightedClusters {
  clusters?: { name: string; weight?: number }[];
}

export interface RouteConfiguration {
  name?: string;
  virtual_hosts?: VirtualHost[];
}

export interface VirtualHost {
  name: string;
  domains?: string[];
  routes?: Route[];
}

export interface Route {
  name?: string;
  match?: {
    prefix?: string;
    path?: string;
    path_separated_prefix?: string;
    safe_regex?: { regex?: string };
    headers?: { name?: string }[];
    query_parameters?: object[];
  };
  route?: { cluster?: string; weighted_clusters?: WeightedClusters; timeout?: string };
  direct_response?: { status?: number };
  redirect?: object;
  typed_per_filter_config?: Record<string, FaultFilter>;
  metadata?: Metadata;
}

export interface FaultFilter {
  abort?: { http_status?: number; percentage?: Percentage };
  delay?: { fixed_delay?: string; percentage?: Percentage };
}

export interface Percentage {
  numerator?: number;
  /** HUNDRED where it is left out. */
  denominator?: string;
}

/** What istiod says of its own about a part of the configuration. */
export interface Metadata {
  filter_metadata?: {
    istio?: { config?: string; workload?: string };
    'envoy.transport_socket_match'?: { tlsMode?: string };
  };
}

export interface Cluster {
  name: string;
  type?: string;
  lb_policy?: string;
  transport_socket?: TransportSocket;
  transport_socket_matches?: { name: string; match?: { tlsMode?: string }; transport_socket?: TransportSocket }[];
  common_lb_config?: { locality_weighted_lb_config?: object; healthy_panic_threshold?: { value?: number } };
  outlier_detection?: object;
  circuit_breakers?: { thresholds?: { max_connections?: number; max_pending_requests?: number }[] };
  metadata?: Metadata;
}

export interface TransportSocket {
  name: string;
  typed_config?: {
    sni?: string;
    common_tls_context?: TlsContext;
    require_client_certificate?: boolean;
  };
}

export interface TlsContext {
  alpn_protocols?: string[];
  combined_validation_context?: { default_validation_context?: Validation };
  validation_context?: Validation;
}

export interface Validation {
  match_subject_alt_names?: StringMatch[];
  match_typed_subject_alt_names?: { matcher?: StringMatch }[];
}

export interface StringMatch {
  exact?: string;
  prefix?: string;
  suffix?: string;
  contains?: string;
  safe_regex?: { regex?: string };
}

/** What Envoy was told of the endpoints of a cluster. */
export interface Assignment {
  cluster_name?: string;
  endpoints?: {
    locality?: { region?: string; zone?: string };
    priority?: number;
    load_balancing_weight?: number;
    lb_endpoints?: {
      endpoint?: { address?: { socket_address?: { address: string; port_value: number } } };
      health_status?: string;
      load_balancing_weight?: number;
      metadata?: Metadata;
    }[];
  }[];
}
