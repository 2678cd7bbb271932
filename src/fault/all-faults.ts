import { abortForAll } from './catalogue/abort-for-all.js';
import { authzAnyMethod } from './catalogue/authz-any-method.js';
import { authzEmptyRule } from './catalogue/authz-empty-rule.js';
import { autoPassthroughReplaced } from './catalogue/auto-passthrough-replaced.js';
import { balancingRandom } from './catalogue/balancing-random.js';
import { configurationInEveryPrimary } from './catalogue/configuration-in-every-primary.js';
import { corednsDown } from './catalogue/coredns-down.js';
import { distributionChanged } from './catalogue/distribution-changed.js';
import { egressGatewayBypassed } from './catalogue/egress-gateway-bypassed.js';
import { ejectionTooLate } from './catalogue/ejection-too-late.js';
import { exportedEverywhere } from './catalogue/exported-everywhere.js';
import { exposeServicesMissing } from './catalogue/expose-services-missing.js';
import { failoverToNowhere } from './catalogue/failover-to-nowhere.js';
import { failoverWithoutOutlierDetection } from './catalogue/failover-without-outlier-detection.js';
import { gatewayNotReady } from './catalogue/gateway-not-ready.js';
import { gatewayRuleInMesh } from './catalogue/gateway-rule-in-mesh.js';
import { gatewaySelectorWrong } from './catalogue/gateway-selector-wrong.js';
import { gatewayWithoutAddress } from './catalogue/gateway-without-address.js';
import { halfInjected } from './catalogue/half-injected.js';
import { injectionOff } from './catalogue/injection-off.js';
import { intermediateExpired } from './catalogue/intermediate-expired.js';
import { istiodDown } from './catalogue/istiod-down.js';
import { istiodUnreachable } from './catalogue/istiod-unreachable.js';
import { linkSwallows } from './catalogue/link-swallows.js';
import { localityEqual } from './catalogue/locality-equal.js';
import { localityPreferred } from './catalogue/locality-preferred.js';
import { meshIdDifferent } from './catalogue/mesh-id-different.js';
import { meshWideRuleTooNarrow } from './catalogue/mesh-wide-rule-too-narrow.js';
import { metallbPoolsOverlap } from './catalogue/metallb-pools-overlap.js';
import { mirrorMissing } from './catalogue/mirror-missing.js';
import { networkLabelMissing } from './catalogue/network-label-missing.js';
import { networkLabelWrong } from './catalogue/network-label-wrong.js';
import { outlierDetectionMissing } from './catalogue/outlier-detection-missing.js';
import { outlierDetectionUnasked } from './catalogue/outlier-detection-unasked.js';
import { permissiveForStrict } from './catalogue/permissive-for-strict.js';
import { poolTooLarge } from './catalogue/pool-too-large.js';
import { port15443Closed } from './catalogue/port-15443-closed.js';
import { portNotExcluded } from './catalogue/port-not-excluded.js';
import { portPolicyWrongPort } from './catalogue/port-policy-wrong-port.js';
import { portsNamedAlike } from './catalogue/ports-named-alike.js';
import { probesNotRewritten } from './catalogue/probes-not-rewritten.js';
import { registryOnlyInOne } from './catalogue/registry-only-in-one.js';
import { registryOnlyMissing } from './catalogue/registry-only-missing.js';
import { registryOnlyMissingInRemote } from './catalogue/registry-only-missing-in-remote.js';
import { registryOnlyOverruled } from './catalogue/registry-only-overruled.js';
import { remoteConfigurationInPrimary } from './catalogue/remote-configuration-in-primary.js';
import { remoteSecretExpired } from './catalogue/remote-secret-expired.js';
import { remoteSecretLoopback } from './catalogue/remote-secret-loopback.js';
import { remoteSecretMissing } from './catalogue/remote-secret-missing.js';
import { remoteSecretWrongCluster } from './catalogue/remote-secret-wrong-cluster.js';
import { retriesMissing } from './catalogue/retries-missing.js';
import { revisionGone } from './catalogue/revision-gone.js';
import { rootCaDifferent } from './catalogue/root-ca-different.js';
import { routeMissing } from './catalogue/route-missing.js';
import { ruleOrderChanged } from './catalogue/rule-order-changed.js';
import { secretsForbidden } from './catalogue/secrets-forbidden.js';
import { serverNotVerified } from './catalogue/server-not-verified.js';
import { serviceEntryTooWide } from './catalogue/service-entry-too-wide.js';
import { serviceNamespaceDiffers } from './catalogue/service-namespace-differs.js';
import { servicePortNameDiffers } from './catalogue/service-port-name-differs.js';
import { servicePortNumberDiffers } from './catalogue/service-port-number-differs.js';
import { serviceSelectorDiffers } from './catalogue/service-selector-differs.js';
import { sidecarTooWide } from './catalogue/sidecar-too-wide.js';
import { strictEverywhere } from './catalogue/strict-everywhere.js';
import { strictStraySelector } from './catalogue/strict-stray-selector.js';
import { strictWrongNamespace } from './catalogue/strict-wrong-namespace.js';
import { subsetNotPinned } from './catalogue/subset-not-pinned.js';
import { tcpPortNamesDiffer } from './catalogue/tcp-port-names-differ.js';
import { timeoutMissing } from './catalogue/timeout-missing.js';
import { tls11Accepted } from './catalogue/tls-1-1-accepted.js';
import { tlsDisabled } from './catalogue/tls-disabled.js';
import { tlsDisabledLive } from './catalogue/tls-disabled-live.js';
import { tokenNotChecked } from './catalogue/token-not-checked.js';
import { trustDomainWrong } from './catalogue/trust-domain-wrong.js';
import { validationMissing } from './catalogue/validation-missing.js';
import { versionMissing } from './catalogue/version-missing.js';
import { webhookElsewhere } from './catalogue/webhook-elsewhere.js';
import { webhookFailsOpen } from './catalogue/webhook-fails-open.js';
import { weightsChanged } from './catalogue/weights-changed.js';
import type { Fault } from './fault.js';

/** Every fault that is proven, what is about the mesh itself first. */
export const faults: readonly Fault[] = [
  remoteSecretMissing,
  remoteSecretExpired,
  remoteSecretLoopback,
  remoteSecretWrongCluster,
  rootCaDifferent,
  intermediateExpired,
  trustDomainWrong,
  meshIdDifferent,
  networkLabelMissing,
  networkLabelWrong,
  gatewayWithoutAddress,
  gatewayNotReady,
  gatewaySelectorWrong,
  port15443Closed,
  autoPassthroughReplaced,
  exposeServicesMissing,
  linkSwallows,
  metallbPoolsOverlap,
  istiodDown,
  secretsForbidden,
  webhookElsewhere,
  webhookFailsOpen,
  validationMissing,
  injectionOff,
  halfInjected,
  revisionGone,
  servicePortNameDiffers,
  servicePortNumberDiffers,
  serviceSelectorDiffers,
  serviceNamespaceDiffers,
  versionMissing,
  corednsDown,
  registryOnlyInOne,
  registryOnlyOverruled,
  strictEverywhere,
  tlsDisabledLive,
  localityEqual,
  tlsDisabled,
  permissiveForStrict,
  strictWrongNamespace,
  strictStraySelector,
  portPolicyWrongPort,
  tls11Accepted,
  probesNotRewritten,
  authzEmptyRule,
  authzAnyMethod,
  tokenNotChecked,
  outlierDetectionMissing,
  outlierDetectionUnasked,
  registryOnlyMissing,
  serviceEntryTooWide,
  registryOnlyMissingInRemote,
  timeoutMissing,
  retriesMissing,
  mirrorMissing,
  gatewayRuleInMesh,
  sidecarTooWide,
  exportedEverywhere,
  balancingRandom,
  portsNamedAlike,
  subsetNotPinned,
  tcpPortNamesDiffer,
  configurationInEveryPrimary,
  remoteConfigurationInPrimary,
  weightsChanged,
  ruleOrderChanged,
  abortForAll,
  poolTooLarge,
  portNotExcluded,
  egressGatewayBypassed,
  serverNotVerified,
  failoverWithoutOutlierDetection,
  ejectionTooLate,
  meshWideRuleTooNarrow,
  failoverToNowhere,
  distributionChanged,
  localityPreferred,
  istiodUnreachable,
  routeMissing,
];
