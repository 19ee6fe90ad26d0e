import { randomUUID } from 'node:crypto';
import type { Clock } from '@sigchart/core/session';
import type { StreamNotification } from '../directory.ts';
import { destinationOf } from '../http/destination.ts';
import { nodeClock } from '../nodeClock.ts';
import type { Outbox, Store } from '../store/store.ts';
import { endOf, orderOf, pairHalf } from './pair.ts';
import { signatureHeaders } from './signature.ts';

/** A webhook that was not delivered. */
export interface WebhookFailure {
  /** Target address, without a user and password; `""` if unknown. */
  readonly url: string;
  readonly app: string;
  readonly action: string;
  readonly streamId: string;
  /** `retry` when it will be tried again; else it is lost. */
  readonly outcome: 'retry' | 'lost';
  readonly reason: string;
}

/** One attempt to deliver a webhook. */
export interface WebhookAttempt extends Pick<WebhookFailure, 'url' | 'app' | 'action' | 'streamId'> {
  /** Number of attempts before. */
  readonly attempt: number;
}

/** Options to send webhooks. */
export interface WebhooksOptions {
  /** Source of each stream's `listenerHookURL`, and its outbox, if it has one. */
  readonly store: Store;
  /**
   * Address for webhooks of streams without a `listenerHookURL`. A user and a password in either are sent as `Authorization: Basic`.
   * Default nowhere.
   */
  readonly url?: string | undefined;
  /** Signing secret: text, or base64 after `whsec_`. Default: unsigned. */
  readonly secret?: string | undefined;
  /** Maximum number of waiting webhooks. Default 10 000. Above it, new events are dropped. */
  readonly maxPending?: number;
  /** Maximum number of them caused by one client, by its address. Default 500. */
  readonly maxPendingPerClient?: number;
  /** Maximum number of simultaneous deliveries. Default 32. */
  readonly maxConcurrent?: number;
  /** Time for which a webhook is retried. Milliseconds, default an hour. The end of an accepted start is retried until it is accepted. */
  readonly giveUpAfterMs?: number;
  /** Time a receiver may take. Milliseconds, default 5 000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** The time. Milliseconds since 1970. */
  readonly now?: () => number;
  /** Called with every failed attempt. */
  readonly failed?: (failure: WebhookFailure) => void;
  /** Called as an attempt begins. Returns what is called at its end, with the reason why it was not accepted. */
  readonly observe?: ((attempt: WebhookAttempt) => (reason: string | undefined) => void) | undefined;
}

/** Sends webhooks. */
export interface Webhooks {
  /** Sends what has happened, after what has happened to the same stream before. */
  notify(notification: StreamNotification): void;
  /** Number of webhooks waiting or in flight. */
  readonly pending: number;
  /**
   * Tries every waiting webhook once more, for `ms` milliseconds at most. The rest is lost, unless the store has an outbox: then
   * the next process that opens it sends them.
   */
  close(ms: number): Promise<void>;
}

interface Webhook {
  readonly notification: StreamNotification;
  /** Target address, once the store has answered; `""` for none. */
  readonly url: Promise<string>;
  /** Also that in the outbox. */
  readonly id: string;
  readonly body: string;
  /** Time it happened. Milliseconds since 1970. */
  readonly since: number;
}

/** A webhook in the outbox. Without a `url` the store had not answered. */
interface KeptWebhook {
  readonly notification: StreamNotification;
  readonly url?: string;
  readonly body: string;
  readonly since: number;
}

/** Outbox entry of an accepted start: how to send its end if the process is killed before it can. */
interface KeptPair {
  readonly end: StreamNotification;
  readonly url?: string;
}

/** Prefix of the ids of pairs in the outbox. */
const pairPrefix = 'pair:';

/** Time to wait after so many failures. Doubles from a second up to a minute. */
const backOffMs = (failures: number) => Math.min(1_000 * 2 ** (failures - 1), 60_000);

const bodyOf = (notification: StreamNotification, timestamp: number) =>
  JSON.stringify({
    id: notification.streamId,
    action: notification.action,
    streamName: notification.streamName,
    metadata: notification.metaData,
    mainTrackId: notification.mainTrack ?? '',
    subscriberId: notification.subscriberId,
    appName: notification.app,
    timestamp,
  });

/** Lets so many in at once; the others wait for their turn. */
class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async through<Value>(action: () => Promise<Value>): Promise<Value> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Creates a sender of webhooks: `POST` of JSON, those of one stream in order, each until it is accepted.
 *
 * Every accepted start is followed by one end. If a start is lost, its end is not sent either.
 *
 * @see docs/rest.md § Webhooks
 *
 * @example
 * ```ts
 * const webhooks = createWebhooks({ store, url: 'https://example.com/hook', secret: 'whsec_…' });
 * const signalling = createSignallingServer({ media, store, notify: webhooks.notify });
 * ```
 */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { store, secret, clock = nodeClock, now = Date.now, failed = () => {}, observe } = options;
  const { outbox } = store;
  const {
    maxPending = 10_000,
    maxPendingPerClient = 500,
    maxConcurrent = 32,
    giveUpAfterMs = 3_600_000,
    timeoutMs = 5_000,
  } = options;
  const turnstile = new Turnstile(maxConcurrent);
  /** Waiting webhooks, in order, by the key of their order. */
  const queues = new Map<string, Webhook[]>();
  /** Target address of each start without an end. */
  const begun = new Map<string, Promise<string>>();
  /** The pairs whose start was lost. */
  const unbegun = new Set<string>();
  /** Those of them that are being sent. */
  const working = new Set<Promise<void>>();
  /** Number of waiting webhooks by client. */
  const pendingOf = new Map<string, number>();
  /** Ends all waiting. */
  const wakers = new Set<() => void>();
  let pending = 0;
  let closing = false;

  /** Counts what waits, and of whom. */
  const count = ({ notification: { remoteAddress } }: Webhook, by: 1 | -1) => {
    pending += by;
    const own = (pendingOf.get(remoteAddress) ?? 0) + by;
    if (own === 0) pendingOf.delete(remoteAddress);
    else pendingOf.set(remoteAddress, own);
  };

  /** Writes to the outbox. That it cannot be written is no reason not to send. */
  const write = (subject: Pick<Webhook, 'notification'>, to: (box: Outbox) => void) => {
    if (outbox === undefined) return;
    try {
      to(outbox);
    } catch (error) {
      report(subject, '')('retry', `The outbox cannot be written: ${String(error)}`);
    }
  };

  const keep = ({ notification, id, body, since }: Webhook, url?: string) =>
    write({ notification }, (box) =>
      box.put(
        id,
        JSON.stringify({ notification, body, since, ...(url !== undefined && { url }) } satisfies KeptWebhook),
      ),
    );

  const keepPair = (key: string, notification: StreamNotification, url?: string) => {
    const action = endOf(notification.action);
    if (action === undefined) return;
    const kept: KeptPair = { end: { ...notification, action }, ...(url !== undefined && { url }) };
    write({ notification }, (box) => box.put(pairPrefix + key, JSON.stringify(kept)));
  };

  const forgetPair = (key: string, notification: StreamNotification) =>
    write({ notification }, (box) => box.remove(pairPrefix + key));

  const report =
    ({ notification: { app, action, streamId } }: Pick<Webhook, 'notification'>, url: string) =>
    (outcome: WebhookFailure['outcome'], reason: string) =>
      failed({ url: destinationOf(url).url, app, action, streamId, outcome, reason });

  async function addressFor(notification: StreamNotification): Promise<string> {
    const fallback = options.url ?? '';
    try {
      const registered = await store.of(notification.app).broadcasts.get(orderOf(notification));
      return registered?.listenerHookURL || fallback;
    } catch (error) {
      report({ notification }, fallback)('retry', `The store does not answer: ${String(error)}`);
      return fallback;
    }
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        stop();
        wakers.delete(wake);
        resolve();
      };
      const stop = clock.start(ms, wake);
      wakers.add(wake);
    });

  /** Reason it was not accepted, or `undefined`. */
  async function post(address: string, { id, body }: Webhook): Promise<string | undefined> {
    try {
      const { url, headers } = destinationOf(address);
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'user-agent': 'Sigchart',
          ...signatureHeaders(id, Math.floor(now() / 1000), body, secret),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? `${message}: ${cause.message}` : message;
    }
  }

  /**
   * Sends a webhook until it is accepted or abandoned. Returns the outcome; `kept` means that it is still in the outbox when the
   * server stops.
   */
  async function deliver(webhook: Webhook): Promise<'delivered' | 'lost' | 'kept'> {
    const url = await webhook.url;
    if (url === '') return 'delivered';
    // The end of an accepted start is retried without a limit.
    const isEnd = pairHalf(webhook.notification)?.begins === false;
    for (let failures = 1; ; failures += 1) {
      const { app, action, streamId } = webhook.notification;
      const reason = await turnstile.through(async () => {
        const ended = observe?.({ url: destinationOf(url).url, app, action, streamId, attempt: failures - 1 });
        const outcome = await post(url, webhook);
        ended?.(outcome);
        return outcome;
      });
      if (reason === undefined) return 'delivered';
      if (closing && outbox !== undefined) return 'kept';
      const isLost = closing || (!isEnd && now() - webhook.since >= giveUpAfterMs);
      report(webhook, url)(isLost ? 'lost' : 'retry', reason);
      if (isLost) return 'lost';
      await pause(backOffMs(failures));
    }
  }

  /** Records that a webhook is no longer waiting. */
  const settle = (webhook: Webhook) => {
    count(webhook, -1);
    write(webhook, (box) => box.remove(webhook.id));
  };

  /** Drops a start and its end, whether the end is waiting or still to come. */
  function forget(webhook: Webhook, queue: Webhook[]): void {
    const half = pairHalf(webhook.notification);
    if (half?.begins !== true) return;
    const end = queue.findIndex(({ notification }) => {
      const other = pairHalf(notification);
      return other?.key === half.key && !other.begins;
    });
    forgetPair(half.key, webhook.notification);
    if (end === -1) {
      begun.delete(half.key);
      unbegun.add(half.key);
      return;
    }
    for (const dropped of queue.splice(end, 1)) settle(dropped);
  }

  async function work(order: string, queue: Webhook[]): Promise<void> {
    for (let webhook = queue[0]; webhook !== undefined; webhook = queue[0]) {
      const outcome = await deliver(webhook);
      // The others of this order wait behind it, in the outbox.
      if (outcome === 'kept') break;
      queue.shift();
      settle(webhook);
      if (outcome === 'lost') forget(webhook, queue);
    }
    queues.delete(order);
  }

  function enqueue(notification: StreamNotification, url: Promise<string>): void {
    const since = now();
    const webhook: Webhook = { notification, url, id: `msg_${randomUUID()}`, body: bodyOf(notification, since), since };
    if (outbox !== undefined) {
      keep(webhook);
      // A restart does not ask the store again, which may have another address by then.
      void url.then((known) => working.size > 0 && queueOf(notification)?.includes(webhook) && keep(webhook, known));
    }
    add(webhook);
  }

  const orderKeyOf = (notification: StreamNotification) => JSON.stringify([notification.app, orderOf(notification)]);

  const queueOf = (notification: StreamNotification) => queues.get(orderKeyOf(notification));

  function add(webhook: Webhook): void {
    count(webhook, 1);
    const order = orderKeyOf(webhook.notification);
    const queue = queues.get(order);
    if (queue !== undefined) {
      queue.push(webhook);
      return;
    }
    const fresh = [webhook];
    queues.set(order, fresh);
    const worked = work(order, fresh).finally(() => working.delete(worked));
    working.add(worked);
  }

  /** Continues with the outbox of the previous process, and ends the pairs that it started, because its streams ended with it. */
  function restore(box: Outbox): void {
    const ended = new Set<string>();
    const pairs: KeptPair[] = [];
    for (const { id, text } of box.all()) {
      if (id.startsWith(pairPrefix)) {
        pairs.push(JSON.parse(text));
        continue;
      }
      const { notification, body, since, url } = JSON.parse(text) as KeptWebhook;
      const half = pairHalf(notification);
      if (half?.begins === false) ended.add(half.key);
      add({ notification, body, since, id, url: url === undefined ? addressFor(notification) : Promise.resolve(url) });
    }
    for (const { end, url } of pairs) {
      const { key } = pairHalf(end) ?? { key: '' };
      if (!ended.has(key)) enqueue(end, url === undefined ? addressFor(end) : Promise.resolve(url));
      forgetPair(key, end);
    }
  }
  if (outbox !== undefined) restore(outbox);

  /** The reason why a start, or an event without an end, cannot be queued; otherwise `undefined`. */
  const refusal = ({ remoteAddress }: StreamNotification, isPair: boolean): string | undefined => {
    if (closing) return 'The server stops.';
    // Events without an end leave room for starts and ends.
    if (pending >= (isPair ? maxPending : maxPending / 2)) return 'Too many wait.';
    const own = pendingOf.get(remoteAddress) ?? 0;
    return remoteAddress !== '' && own >= maxPendingPerClient ? 'Too many of this client wait.' : undefined;
  };

  return {
    notify(notification) {
      const half = pairHalf(notification);
      if (half !== undefined && !half.begins) {
        // It goes where its start went, whatever has been registered since, and even when too many wait.
        const url = begun.get(half.key);
        begun.delete(half.key);
        if (!unbegun.delete(half.key) && url !== undefined) {
          enqueue(notification, url);
          forgetPair(half.key, notification);
        }
        return;
      }
      const reason = refusal(notification, half !== undefined);
      if (reason !== undefined) {
        if (half !== undefined) unbegun.add(half.key);
        report({ notification }, '')('lost', reason);
        return;
      }
      const url = addressFor(notification);
      if (half !== undefined) {
        begun.set(half.key, url);
        keepPair(half.key, notification);
        if (outbox !== undefined)
          void url.then((known) => begun.get(half.key) === url && keepPair(half.key, notification, known));
      }
      enqueue(notification, url);
    },
    get pending() {
      return pending;
    },
    async close(ms) {
      closing = true;
      for (const wake of [...wakers]) wake();
      let stop = () => {};
      const late = new Promise<void>((resolve) => {
        stop = clock.start(ms, resolve);
      });
      await Promise.race([Promise.all(working), late]);
      stop();
    },
  };
}
