import { type Client, createClient, type RoleHandle, type RoleSnapshot } from '@sigchart/browser';
import { readAddress, signallingUrl } from './address.ts';
import { drawChart } from './chart/chart.ts';
import type { ChartedRole } from './chart/layouts.ts';
import { pathsOf } from './chart/path.ts';
import { createChat } from './chat.ts';
import { element } from './element.ts';
import type { Explanation } from './explain/explanation.ts';
import { explainRole } from './explain/role.ts';
import { openField } from './field.ts';
import { showFigures } from './figures.ts';
import { showNotice } from './notice.ts';
import { drawSparkline } from './sparkline.ts';
import { listTransitions } from './transitionLog.ts';

/** What has happened since the start. */
const unseen = { established: false, wasOpen: false, wasLost: false };

/** What was typed. */
interface RoleRequest {
  readonly streamId: string;
  readonly token?: string;
}

/** What a role needs before it starts, once it is there. */
export interface Ready {
  /** Starts the role. */
  start(client: Client, request: RoleRequest): RoleHandle;
  /** Shows what the role is doing. */
  changed(snapshot: RoleSnapshot): void;
  /** Gives everything back, after the role's end or instead of its start. */
  release(): void;
}

/** What tells the page of one role from that of another. */
export interface RolePageOptions {
  readonly role: ChartedRole;
  /** The id to begin with, when neither the address nor this browser knows one. */
  readonly streamId: string;
  /** Gets ready to start, or explains why it cannot. */
  prepare(): Promise<Ready | Explanation>;
}

/** A page that runs one role at a time. */
export interface RolePage {
  /** Ends the role, for a reason if there is one to show. */
  stop(explanation?: Explanation): void;
}

/** Runs the page of a role: the form, the state, the chart, the figures, the chat, and what is wrong. */
export function runRolePage(options: RolePageOptions): RolePage {
  const { role } = options;
  const address = readAddress(location.search);
  const url = signallingUrl(location, address.app);

  const form = element('controls', HTMLFormElement);
  const streamId = openField('streamId', {
    given: address.streamId,
    key: 'streamId',
    otherwise: options.streamId,
  });
  const token = element('token', HTMLInputElement);
  const choices = element('choices', HTMLFieldSetElement);
  const start = element('start', HTMLButtonElement);
  const stop = element('stop', HTMLButtonElement);
  const state = element('state', HTMLElement);

  const chat = createChat();
  const showChart = drawChart(element('chart', HTMLDivElement), role);
  const logTransition = listTransitions();
  const flowing = role === 'publisher' ? 'publishing' : 'playing';

  let handle: RoleHandle | undefined;
  let ready: Ready | undefined;
  /** The start that counts: one that was called off may still be waiting for a camera. */
  let current: symbol | undefined;
  let farewell: Explanation | undefined;
  let seen = unseen;

  const showState = (word: string) => {
    if (state.textContent !== word) state.textContent = word;
    state.dataset.state = word;
  };

  const showRunning = (running: boolean) => {
    const focused = document.activeElement === start || document.activeElement === stop;
    start.disabled = running;
    stop.disabled = !running;
    choices.disabled = running;
    // A button that is disabled drops the focus, and with it the place of whoever works by keyboard.
    if (focused) (running ? stop : start).focus();
  };

  const update = () => {
    if (handle === undefined) return;
    const snapshot = handle.getSnapshot();
    seen = {
      established: seen.established || snapshot.state === flowing,
      wasOpen: seen.wasOpen || snapshot.socket === 'open',
      wasLost: seen.wasLost || snapshot.socket === 'waiting',
    };
    showState(snapshot.state);
    showNotice(explainRole({ ...snapshot, ...seen, role, url }) ?? farewell);
    ready?.changed(snapshot);
  };

  async function run(): Promise<void> {
    const own = Symbol();
    current = own;
    showRunning(true);
    showNotice(undefined);
    streamId.remember();
    const prepared = await options.prepare();
    if (current !== own) {
      if ('release' in prepared) prepared.release();
      return;
    }
    if ('title' in prepared) {
      showNotice(prepared);
      finish();
      return;
    }
    ready = prepared;
    farewell = undefined;
    seen = unseen;
    const client = createClient(url, {
      observe(transition) {
        logTransition(transition);
        if (transition.address !== undefined) showChart(pathsOf(transition.state));
      },
    });
    handle = ready.start(client, {
      streamId: streamId.input.value,
      ...(token.value !== '' && { token: token.value }),
    });
    handle.subscribe(update);
    chat.attach(handle);
    update();
    // How it ended is in the last snapshot, and shown from there.
    await handle.finished.catch(() => {});
    client.close();
    finish();
  }

  function finish(): void {
    current = undefined;
    handle = undefined;
    chat.attach(undefined);
    ready?.release();
    ready = undefined;
    showRunning(false);
  }

  function end(explanation?: Explanation): void {
    farewell = explanation;
    if (handle === undefined) finish();
    else handle.stop();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (current === undefined) void run();
  });
  stop.addEventListener('click', () => end());

  const addBitrate = drawSparkline(element('sparkline', SVGSVGElement));
  showFigures(() => handle?.getSnapshot().connection, addBitrate);

  showState('idle');
  showRunning(false);
  // Not before the page has heard how to end what begins here.
  if (address.auto) queueMicrotask(() => form.requestSubmit());
  return { stop: end };
}
