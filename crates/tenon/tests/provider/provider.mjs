// A certified OpenID provider (the npm package oidc-provider) whose refresh tokens rotate, a Graph of two pages behind
// it, and as much of the sandbox's control as the tests use. It serves on a free port of this machine, announces its
// address as `tenon sandbox` does, and ends with its standard input.

import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

// The package is where whoever starts this says, not beside this file.
const require = createRequire(path.join(process.argv[2], 'package.json'));
const { default: Provider } = await import(require.resolve('oidc-provider'));

const [clientId, clientSecret, life] = process.argv.slice(3);
const server = http.createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const issuer = `${url}/oidc`;

const scope = 'openid offline_access User.Read Mail.Read';
const provider = new Provider(issuer, {
  clients: [{ client_id: clientId, client_secret: clientSecret, grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://localhost:1/'], response_types: ['code'] }],
  features: { devInteractions: { enabled: false } },
  scopes: scope.split(' '),
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  ttl: { AccessToken: Number(life), AuthorizationCode: 600, IdToken: 3600, RefreshToken: 86400, Grant: 86400 },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  cookies: { keys: ['of the test'] },
});

let slow = [];
let requests = [];
let tokenRequests = 0;

const json = (response, status, body) => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
};

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text === '' ? {} : JSON.parse(text);
}

// The person who signs in: what the browser would do is done at once. The token endpoint is the provider's own.
async function authorize(query, response) {
  const grant = new provider.Grant({ accountId: 'adele', clientId });
  grant.addOIDCScope(scope);
  const code = new provider.AuthorizationCode({
    accountId: 'adele',
    client: await provider.Client.find(clientId),
    grantId: await grant.save(),
    redirectUri: query.get('redirect_uri'),
    scope,
    codeChallenge: query.get('code_challenge'),
    codeChallengeMethod: query.get('code_challenge_method'),
    nonce: query.get('nonce'),
    authTime: Math.floor(Date.now() / 1000),
    claims: {},
  });
  const back = new URL(query.get('redirect_uri'));
  for (const [name, value] of Object.entries({ code: await code.save(), state: query.get('state'), iss: issuer })) back.searchParams.set(name, value);
  response.writeHead(302, { location: back.href });
  response.end();
}

async function graph(request, at, response) {
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace('Bearer ', ''));
  if (!token?.isValid) return json(response, 401, { error: { code: 'InvalidAuthenticationToken', message: 'the token is not valid' } });
  if (!at.pathname.endsWith('/messages')) return json(response, 200, { id: 'adele', userPrincipalName: 'adele' });
  const page = { value: [{ id: at.searchParams.get('$skip') ?? '0', subject: 'a mail' }] };
  if (!at.searchParams.has('$skip')) {
    at.searchParams.set('$skip', '1');
    page['@odata.nextLink'] = at.href;
  }
  json(response, 200, page);
}

server.on('request', async (request, response) => {
  const at = new URL(request.url, url);
  if (at.pathname === '/sandbox/requests') return json(response, 200, { requests, tokenRequests });
  if (at.pathname === '/sandbox/faults') {
    const rule = await body(request);
    slow = request.method === 'DELETE' ? [] : [...slow, rule];
    return json(response, 200, {});
  }
  requests.push({ method: request.method, path: request.url });
  if (at.pathname === '/oidc/token') tokenRequests += 1;
  const hit = slow.filter((rule) => at.pathname.includes(rule.path)).filter((rule) => (rule.seen = (rule.seen ?? 0) + 1) >= (rule.nth ?? 1));
  const delay = hit.reduce((sum, rule) => sum + rule.fault.millis, 0);
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
  if (at.pathname === '/oidc/authorize') return authorize(at.searchParams, response);
  if (at.pathname.startsWith('/v1.0/')) return graph(request, at, response);
  request.originalUrl = request.url;
  request.url = request.url.slice('/oidc'.length);
  provider.callback()(request, response);
});

console.log(JSON.stringify({ url, env: { TENON_SANDBOX_URL: url } }));
process.stdin.on('end', () => process.exit(0)).resume();
