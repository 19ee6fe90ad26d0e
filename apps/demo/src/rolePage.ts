import { type Client, type ConferenceHandle, createClient, type RoleHandle } from '@sigchart/browser';
import { observeWith } from '@sigchart/core/session';
import { readAddress, signallingUrl } from './address.ts';
import { showChart } from './chart/chart.ts';
import type { ChartedRole } from './chart/plans.ts';
import { element } from './element.ts';
import type { Explanation } from './explain/explanation.ts';
import { explainRole, flowing } from './explain/role.ts';
import { captionOf } from './explain/state.ts';
import type { Field } from './field.ts';
import { showNotice } from './notice.ts';
import { listTransitions } from './transitionLog.ts';

/** Events since the start. */
const unseen = { established: false, wasOpen: false, wasLost: false };

/** Input of the form. */
interface RoleRequest {
  /** The stream, the call or the room. */
  readonly id: string;
  readonly token?: string;
}

/** Everything that a role needs before it starts. */
export interface Ready<Handle> {
  /** Starts the role. */
  start(client: Client, request: RoleRequest): Handle;
  /** Shows what the role is doing. Returns what is wrong besides the role itself. */
  changed(handle: Handle): Explanation | undefined;
  /** Gives everything back, after the role's end or instead of its start. */
  release(): void;
}

/** Role-specific parts of a page. */
export interface RolePageOptions<Handle> {
  readonly role: ChartedRole;
  /** Field for its id. */
  readonly field: Field;
  /** Gets ready to start, or explains why it cannot. */
  prepare(): Promise<Ready<Handle> | Explanation>;
}

/** A page that runs one role at a time. */
export interface RolePage {
  /** Ends the role, for a reason if there is one to show. */
  stop(explanation?: Explanation): void;
  /** Shows again what the role is doing. */
  refresh(): void;
}

/** Runs the page of a role: the form, the state, the chart, and what is wrong. */
export function runRolePage<Handle extends RoleHandle | ConferenceHandle>(options: RolePageOptions<Handle>): RolePage {
  const { role, field } = options;
  const address = readAddress(location.search);
  const url = signallingUrl(location.href, address.app);

  const form = element('controls', HTMLFormElement);
  const token = element('token', HTMLInputElement);
  const choices = element('choices', HTMLFieldSetElement);
  const start = element('start', HTMLButtonElement);
  const stop = element('stop', HTMLButtonElement);
  const state = element('state', HTMLElement);
  const caption = element('caption', HTMLElement);

  const showStep = showChart(element('chart', HTMLDivElement), role);
  const logTransition = listTransitions(role);

  let handle: Handle | undefined;
  let ready: Ready<Handle> | undefined;
  /** The start that counts: one that was called off may still be waiting for a camera. */
  let current: symbol | undefined;
  let farewell: Explanation | undefined;
  let seen = unseen;

  const showState = (word: string) => {
    if (state.textContent !== word) {
      state.textContent = word;
      caption.textContent = captionOf(role, word);
    }
    state.dataset.state = word;
  };

  const showRunning = (running: boolean) => {
    const focused = document.activeElement === start || document.activeElement === stop;
    start.disabled = running;
    stop.disabled = !running;
    choices.disabled = running;
    document.body.classList.toggle('running', running);
    // A disabled button loses the focus, and so the position of keyboard users.
    if (focused) (running ? stop : start).focus();
  };

  const refresh = () => {
    if (handle === undefined) return;
    const snapshot = handle.getSnapshot();
    seen = {
      established: seen.established || snapshot.state === flowing[role],
      wasOpen: seen.wasOpen || snapshot.socket === 'open',
      wasLost: seen.wasLost || snapshot.socket === 'waiting',
    };
    showState(snapshot.state);
    const besides = ready?.changed(handle);
    showNotice(explainRole({ ...snapshot, ...seen, role, url }) ?? farewell ?? besides);
  };

  async function run(): Promise<void> {
    const own = Symbol();
    current = own;
    showRunning(true);
    showNotice(undefined);
    field.remember();
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
      observe: observeWith(logTransition, ({ address }) => (step) => {
        if (address?.role === role) showStep(step);
      }),
    });
    handle = ready.start(client, {
      id: field.input.value,
      ...(token.value !== '' && { token: token.value }),
    });
    handle.subscribe(refresh);
    refresh();
    // How it ended is in the last snapshot, and shown from there.
    await handle.finished.catch(() => {});
    client.close();
    finish();
  }

  function finish(): void {
    current = undefined;
    handle = undefined;
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

  showState('idle');
  showRunning(false);
  // Only after the page has its function to stop what starts here.
  if (address.auto) queueMicrotask(() => form.requestSubmit());
  return { stop: end, refresh };
}
