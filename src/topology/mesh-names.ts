export const istioNamespace = 'istio-system';
export const sampleNamespace = 'sample';
export const eastWestGateway = 'istio-eastwestgateway';
