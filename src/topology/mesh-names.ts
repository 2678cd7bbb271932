export const sampleNamespace = 'sample';
export const eastWestGateway = 'istio-eastwestgateway';
