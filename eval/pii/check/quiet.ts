import { Random } from '../../../train/random.ts';

const HOSTS = 'web-3 db-primary cache-eu-1 worker-17 ip-10-0-4-22 node-a7 bastion'.split(' ');
const SERVICES = 'checkout billing search ledger-api auth-proxy indexer mailer thumbnails'.split(' ');
const PACKAGES = 'left-pad tokio serde requests numpy golang.org/x/net spring-core rails esbuild'.split(' ');
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const THREADS = 'main pool-2-thread-9 http-nio-8080-exec-4 grpc-default-executor-0'.split(' ');

/** The parts that lines of machines are made of. */
class Parts {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  between(least: number, most: number): number {
    return least + this.#random.below(most - least + 1);
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.#random.below(10)).join('');
  }

  hex(count: number): string {
    return Array.from({ length: count }, () => '0123456789abcdef'[this.#random.below(16)]).join('');
  }

  letters(count: number): string {
    return Array.from({ length: count }, () => 'ABCDEFGHJKLMNPQRSTUVWXYZ'[this.#random.below(24)]).join('');
  }

  two(least: number, most: number): string {
    return `${this.between(least, most)}`.padStart(2, '0');
  }

  day(): string {
    return `${this.between(2015, 2026)}-${this.two(1, 12)}-${this.two(1, 28)}`;
  }

  time(): string {
    return `${this.two(0, 23)}:${this.two(0, 59)}:${this.two(0, 59)}`;
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((count) => this.hex(count)).join('-');
  }

  version(): string {
    return `${this.between(0, 40)}.${this.between(0, 60)}.${this.between(0, 999)}`;
  }

  /** With its check digit, as printed on books. */
  isbn(): string {
    const body = `978${this.digits(9)}`;
    const sum = [...body].reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
    const all = `${body}${(10 - (sum % 10)) % 10}`;
    return `${all.slice(0, 3)}-${all.slice(3, 4)}-${all.slice(4, 8)}-${all.slice(8, 12)}-${all.slice(12)}`;
  }
}

/** One line of each kind. */
const KINDS: readonly ((one: Parts) => string)[] = [
  (one) =>
    `${one.day()}T${one.time()}.${one.digits(3)}Z ${one.pick(SERVICES)} level=info msg="started" pid=${one.digits(5)}`,
  (one) =>
    `${one.pick(MONTHS)} ${one.two(1, 28)} ${one.time()} ${one.pick(HOSTS)} systemd[1]: Started Daily Cleanup of Temporary Directories.`,
  (one) =>
    `${one.pick(MONTHS)} ${one.two(1, 28)} ${one.time()} ${one.pick(HOSTS)} CRON[${one.digits(5)}]: (root) CMD (run-parts /etc/cron.hourly)`,
  (one) =>
    `[${one.day()} ${one.time()},${one.digits(3)}] WARN [${one.pick(THREADS)}] Pool is exhausted, waited ${one.digits(4)} ms`,
  (one) =>
    `I${one.digits(4)} ${one.time()}.${one.digits(6)} ${one.digits(7)} controller.go:${one.digits(3)}] Finished syncing deployment`,
  (one) =>
    `{"ts":${one.digits(10)},"lvl":"debug","trace_id":"${one.hex(32)}","span_id":"${one.hex(16)}","dur_ms":${one.digits(3)}}`,
  (one) =>
    `- - [${one.two(1, 28)}/${one.pick(MONTHS)}/2024:${one.time()} +0000] "POST /v2/carts/${one.digits(9)}/items HTTP/1.1" 201 ${one.digits(4)}`,
  (one) =>
    `ERROR: duplicate key value violates unique constraint "orders_pkey" DETAIL: Key (id)=(${one.digits(9)}) already exists.`,
  (one) =>
    `panic: runtime error: index out of range [${one.digits(2)}] with length ${one.digits(2)}\n\tmain.go:${one.digits(3)} +0x${one.hex(3)}`,
  (one) =>
    `Traceback (most recent call last):\n  File "job.py", line ${one.digits(3)}, in <module>\nValueError: could not convert string to float: '${one.digits(4)}-'`,
  (one) =>
    `java.lang.IllegalStateException: Shard ${one.digits(2)} closed\n\tat com.example.Store.open(Store.java:${one.digits(3)})`,
  (one) => `kernel: [${one.digits(6)}.${one.digits(6)}] eth0: link up, 1000 Mbps, full duplex`,
  (one) => `segfault at ${one.hex(8)} ip 0000${one.hex(12)} sp 0000${one.hex(12)} error 4`,
  (one) => `commit ${one.hex(40)}\nMerge: ${one.hex(7)} ${one.hex(7)}`,
  (one) =>
    `index ${one.hex(7)}..${one.hex(7)} 100644\n@@ -${one.digits(3)},${one.digits(1)} +${one.digits(3)},${one.digits(2)} @@`,
  (one) => `"integrity": "sha512-${Buffer.from(one.hex(32)).toString('base64')}=="`,
  (one) => `sha1 ${one.hex(40)}  release-${one.version()}.tar.gz`,
  (one) => `md5sum: ${one.hex(32)}`,
  (one) => `Request-Id: ${one.uuid()}`,
  (one) => `SELECT * FROM sessions WHERE token_id = '${one.uuid()}' LIMIT ${one.digits(2)};`,
  (one) => `CREATE INDEX idx_${one.digits(4)} ON events (created_at, shard_no);`,
  (one) => `${one.pick(PACKAGES)} ${one.version()} -> ${one.version()}`,
  (one) => `"${one.pick(PACKAGES)}": "^${one.version()}",`,
  (one) =>
    `FROM debian:${one.between(10, 13)}-slim\nRUN apt-get install -y curl=${one.version()}-${one.digits(1)}+deb12u${one.digits(1)}`,
  (one) => `resources:\n  limits:\n    memory: ${one.digits(4)}Mi\n    cpu: ${one.digits(3)}m`,
  (one) => `export const RETRY_MS = ${one.digits(5)};\nexport const LIMIT = ${one.digits(9)};`,
  (one) =>
    `if (status === ${one.digits(3)} || retries > ${one.digits(1)}) throw new HttpError(${one.digits(3)});`,
  (one) => `uint32_t magic = 0x${one.hex(8)}; /* offset ${one.digits(5)} */`,
  (one) => `let table = [${Array.from({ length: 9 }, () => one.digits(3)).join(', ')}];`,
  (one) => `assert_eq!(parse("${one.digits(4)}-${one.digits(4)}"), Ok(${one.digits(8)}));`,
  (one) => `printf("%0${one.digits(1)}d %s\\n", ${one.digits(6)}, buf);`,
  (one) =>
    `SKU ${one.letters(3)}-${one.digits(5)}-${one.letters(2)}, qty ${one.digits(2)}, unit price $${one.digits(3)}.${one.digits(2)}`,
  (one) => `Total: ${one.digits(1)},${one.digits(3)}.${one.digits(2)} EUR incl. 19% VAT`,
  (one) => `GBP/USD 1.${one.digits(4)} EUR/JPY 16${one.digits(1)}.${one.digits(3)} at ${one.time()}`,
  (one) => `ISBN ${one.isbn()}`,
  (one) => `The second edition (ISBN-13: ${one.isbn().replaceAll('-', '')}) has ${one.digits(3)} pages.`,
  (one) => `tracking: 1Z${one.letters(3)}${one.digits(13)}`,
  (one) => `Parcel ${one.letters(2)}${one.digits(9)}DE is out for delivery`,
  (one) => `FedEx tracking ${one.digits(4)} ${one.digits(4)} ${one.digits(4)}`,
  (one) => `Order #${one.digits(3)}-${one.digits(7)}-${one.digits(7)} confirmed`,
  (one) => `PO ${one.digits(8)}, line ${one.digits(2)}, cost centre ${one.digits(6)}`,
  (one) =>
    `part ${one.digits(3)}-${one.digits(4)}-${one.digits(2)} replaces ${one.digits(3)}-${one.digits(4)}-${one.digits(2)}`,
  (one) => `S/N: ${one.letters(2)}${one.digits(10)}`,
  (one) =>
    `firmware ${one.between(1, 9)}.${one.digits(2)}.${one.digits(1)}.${one.digits(4)}, bootloader ${one.version()}`,
  (one) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${one.digits(3)}.0.${one.digits(4)}.${one.digits(2)}`,
  (one) =>
    `GPS ${one.between(10, 80)}.${one.digits(6)}, -${one.between(10, 80)}.${one.digits(6)} alt ${one.digits(3)} m`,
  (one) => `frame ${one.digits(6)} pts ${one.digits(10)} size ${one.digits(5)}`,
  (one) => `${one.digits(9)} events in ${one.digits(4)} s, p99 ${one.digits(3)} ms`,
  (one) => `epoch ${one.digits(2)}/100 loss 0.${one.digits(6)} lr ${one.digits(1)}e-05 step ${one.digits(7)}`,
  (one) => `seed ${one.digits(10)}`,
  (one) => `ticket INC${one.digits(7)} was moved to queue ${one.digits(2)}`,
  (one) => `JIRA-${one.digits(5)}: bump ${one.pick(PACKAGES)} to ${one.version()}`,
  (one) => `case 2:2${one.digits(1)}-cv-0${one.digits(4)}, docket entry ${one.digits(3)}`,
  (one) => `arXiv:${one.digits(4)}.${one.digits(5)}v${one.digits(1)}, doi:10.${one.digits(4)}/${one.hex(8)}`,
  (one) =>
    `RFC ${one.digits(4)}, section ${one.digits(1)}.${one.digits(1)}; see also CVE-2024-${one.digits(5)}`,
  (one) => `M${one.between(3, 20)}x${one.digits(2)} bolts, torque ${one.digits(2)} Nm, DIN ${one.digits(3)}`,
  (one) => `x = ${one.digits(1)}.${one.digits(15)}`,
  (one) => `${one.digits(16)}`,
  (one) =>
    `${one.digits(3)} ${one.digits(3)} ${one.digits(3)} units were shipped in ${one.between(2001, 2024)}`,
  (one) =>
    `id,qty,price\n${one.digits(6)},${one.digits(2)},${one.digits(2)}.${one.digits(2)}\n${one.digits(6)},${one.digits(2)},${one.digits(2)}.${one.digits(2)}`,
  (one) => `SQL> 42 rows selected. Elapsed: 00:00:0${one.digits(1)}.${one.digits(2)}`,
  (one) => `Subject: [build ${one.digits(5)}] FAILED on branch release/${one.version()}`,
];

/** Lines of logs, code, versions, hashes and numbers; the same each time. */
export function quiet(count: number): string[] {
  const parts = new Parts(31_415);
  return Array.from({ length: count }, (_, at) =>
    (KINDS[at % KINDS.length] as (typeof KINDS)[number])(parts),
  );
}
