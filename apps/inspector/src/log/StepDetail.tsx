import { type EdgeDefinition, triggerName } from '@sigchart/chart';
import type { PatchOperation } from '@sigchart/inspect';
import { reader } from '../feed/input.ts';
import { lookAt, machine, moment, moments, position } from '../look/selection.ts';
import { shortState } from '../look/state.ts';
import { timeOfDay } from '../look/time.ts';
import { nameOfMessage, summaryOfMessage } from '../sdp/summary.ts';
import { Value } from './Value.tsx';

const signs = { add: '+', replace: '~', remove: '−' } as const;

function Operation({ operation }: { operation: PatchOperation }) {
  const { op, path } = operation;
  return (
    <li class={op}>
      <code>
        {signs[op]} {path === '' ? 'context' : path.slice(1).replaceAll('/', '.')}
      </code>
      {'value' in operation && <Value value={operation.value} />}
    </li>
  );
}

function Happening({ happening }: { happening: { readonly type: string } }) {
  const { type, ...fields } = happening;
  const { message } = fields as { readonly message?: unknown };
  const isEmpty = Object.keys(fields).length === 0;
  if (isEmpty) return <code class="happening">{type}</code>;
  return (
    <details class="happening">
      <summary>
        <code>{type}</code>{' '}
        {message !== undefined && (
          <span>
            {type === 'signal.send' ? nameOfMessage(message) : ''} {summaryOfMessage(message)}
          </span>
        )}
      </summary>
      <Value value={message ?? fields} />
    </details>
  );
}

function Edge({ edge }: { edge: EdgeDefinition }) {
  const { states = [] } = machine.value ?? {};
  const source = states[edge.source];
  const name = (index: number) => states[index]?.key ?? '?';
  return (
    <li>
      {source !== undefined && <code>{triggerName(source, edge)}</code>} {name(edge.source)}
      {edge.targets.length === 0 ? ' stays' : ` → ${edge.targets.map(name).join(', ')}`}
      {edge.guard !== undefined && <span class="guard"> [{edge.guard}]</span>}
    </li>
  );
}

/** Details of the selected moment: event, cause, transition, effects, difference of the context. */
export function StepDetail() {
  const current = moment.value;
  const before = moments.value[position.value - 1];
  if (current === undefined) return null;
  const { seq, time, state, context, transition } = current;
  const { edges = [] } = machine.value ?? {};
  const cause = transition?.cause;
  const causing = cause && reader.value.runs.get(cause.run)?.record;
  return (
    <section class="step" aria-label="This moment">
      <h2>
        <small>
          {seq} · {timeOfDay(time)}
        </small>
        {shortState(state)}
      </h2>
      {transition !== undefined && (
        <>
          <h3>Event</h3>
          <Happening happening={transition.event} />
          {cause !== undefined && (
            <p class="cause">
              by{' '}
              <button type="button" class="link" onClick={() => lookAt(cause.run, cause.seq)}>
                {causing === undefined
                  ? cause.run
                  : `${reader.value.machines.get(causing.machine)?.id ?? cause.run} ${cause.seq}`}
              </button>
            </p>
          )}
          <h3>Transition</h3>
          {transition.taken.length === 0 ? (
            <p class="hint">{seq === 1 ? `starts in ${shortState(state)}` : 'None: this state ignores the event.'}</p>
          ) : (
            <ul class="taken">
              {transition.taken.map((index) => {
                const edge = edges[index];
                return edge === undefined ? null : <Edge key={index} edge={edge} />;
              })}
            </ul>
          )}
          {transition.effects.length > 0 && (
            <>
              <h3>Effects</h3>
              <ol class="effects">
                {transition.effects.map((effect, index) => (
                  <li key={index}>
                    <Happening happening={effect} />
                  </li>
                ))}
              </ol>
            </>
          )}
          {transition.context.length > 0 && before !== undefined && (
            <>
              <h3>Context, changed</h3>
              <ul class="difference">
                {transition.context.map((operation) => (
                  <Operation key={operation.path} operation={operation} />
                ))}
              </ul>
            </>
          )}
        </>
      )}
      <details class="whole">
        <summary>Context</summary>
        <Value value={context} />
      </details>
    </section>
  );
}
