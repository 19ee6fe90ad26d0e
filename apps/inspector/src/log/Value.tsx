import { isDescription, summaryOfDescription } from '../sdp/summary.ts';

/** Longer texts than this, and those of several lines, are folded. */
const longText = 90;

function Text({ text }: { text: string }) {
  if (text.length <= longText && !text.includes('\n')) return <span class="text">{JSON.stringify(text)}</span>;
  const summary = isDescription(text) ? summaryOfDescription(text) : `${text.slice(0, 60).replaceAll(/\s+/g, ' ')} …`;
  return (
    <details class="fold">
      <summary>
        {summary} <small>{text.split(/\r?\n/).length} lines</small>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}

const isFlat = (value: unknown) => typeof value !== 'object' || value === null;

/** A JSON value to read: fields below each other, long texts folded, session descriptions in one line. */
export function Value({ value }: { value: unknown }) {
  if (typeof value === 'string') return <Text text={value} />;
  if (isFlat(value)) return <span class="flat">{String(value)}</span>;
  const entries = Object.entries(value as object);
  if (entries.length === 0) return <span class="flat">{Array.isArray(value) ? '[]' : '{}'}</span>;
  return (
    <dl class="value">
      {entries.map(([key, inner]) => (
        <div key={key} class={isFlat(inner) ? undefined : 'deep'}>
          <dt>{key}</dt>
          <dd>
            <Value value={inner} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
