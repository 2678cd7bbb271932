import { behaviour, expect, refusal, TokenIssuer } from '../../fixtures/index.js';

/**
 * A RequestAuthentication refuses tokens that are not valid, and nothing else: who shows none is let in. That one has to be
 * shown takes an AuthorizationPolicy, here for the path /members. Keys and tokens are made for this one time.
 */
behaviour(
  'a valid token is let in, an invalid one is not, and none only where no policy asks for one',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [issuer, forger, stranger] = [new TokenIssuer('us'), new TokenIssuer('us'), new TokenIssuer('them')];
    const own = await ownNamespace();
    await Promise.all([own.deploy('echo'), own.apply({ issuer: issuer.name, jwks: issuer.jwks })]);
    const { host } = own.service('echo');
    const invalid = [forger.token(), stranger.token(), issuer.token({ secondsLeft: -3600 }), 'no.token.at-all'];
    const valid = issuer.token();

    await eachCluster(async (cluster) => {
      const calls = (path: string, token?: string, count = mesh.callsToSeeAll) =>
        cluster.client('sleep').calls(`${host}:8080/${path}`, {
          count,
          headers: token ? { authorization: `Bearer ${token}` } : {},
        });

      await expect(calls('members', valid)).toOnlyReach(mesh.names);
      await expect(calls('hello')).toOnlyReach(mesh.names);
      await expect(calls('members')).toBeRefused(refusal.authorization, { control: calls('members', valid, 10) });
      for (const token of invalid) {
        await expect(calls('hello', token)).toBeRefused(refusal.token, { control: calls('members', valid, 10) });
      }
    });
  },
);
