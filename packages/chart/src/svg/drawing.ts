import type { EdgeDefinition, MachineDefinition, StateDefinition } from '../definition.ts';
import { triggerName } from '../trigger.ts';

/** One line of text in a state or beside an arrow. */
export interface Line {
  /** The event of a transition, or `entry`, `exit`, `invoke`. Empty in continuation lines of effects. */
  readonly word: string;
  /** The guard, in brackets. */
  readonly guard: string;
  /** Effects, after a slash. */
  readonly effects: string;
  /** The edge that this line belongs to. */
  readonly edge?: number;
}

/** A drawn state. */
export interface DrawnState {
  readonly name: string;
  readonly definition: StateDefinition;
  readonly lines: readonly Line[];
  /** True if it is one of several that are active together. */
  readonly isRegion: boolean;
}

/** An arrow: all transitions from one state to another, in one line. */
interface DrawnArrow {
  readonly source: number;
  readonly target: number;
  readonly edges: readonly number[];
  readonly lines: readonly Line[];
}

/** A machine as states with text, and arrows with text: what a layout gives places to. */
export interface Drawing {
  readonly states: readonly DrawnState[];
  readonly arrows: readonly DrawnArrow[];
}

/** Level of detail: names of states; also events and entry effects; or every effect. */
export type Detail = 'states' | 'events' | 'effects';

/** Maximum length of a line of effects, in characters. */
const wrapAt = 34;

function wrap(effects: readonly string[]): string[] {
  const lines: string[] = [];
  for (const effect of effects) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + effect.length + 2 <= wrapAt) lines[lines.length - 1] = `${last}, ${effect}`;
    else lines.push(effect);
  }
  // A comma at the end shows that the list continues.
  return lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line));
}

/** `word [guard] / effects`, over as many lines as it needs. */
function linesOf(word: string, guard: string, effects: readonly string[], edge?: number): Line[] {
  const of = edge === undefined ? {} : { edge };
  const [first = '', ...more] = wrap(effects);
  const alone = first === '' || `${word}${guard}${first}`.length <= wrapAt + 6;
  return [
    { word, guard, effects: alone ? first : '', ...of },
    ...(alone ? more : [first, ...more]).map((line) => ({ word: '', guard: '', effects: line, ...of })),
  ];
}

/** A history state is a letter in a circle. */
const nameOf = ({ id, key, parent, history }: StateDefinition): string =>
  history === undefined ? (parent === undefined ? id : key) : history === 'deep' ? 'H*' : 'H';

/** True if a transition leaves its state. One without a target only emits effects. */
const isArrow = ({ targets }: EdgeDefinition) => targets.length > 0;

/** Drawing of a machine. A transition that changes no state is a line inside its state, as in UML. */
export function drawingOf({ states, edges }: MachineDefinition, detail: Detail): Drawing {
  const inside = states.map((): Line[] => []);
  const arrows = new Map<string, { source: number; target: number; edges: number[]; lines: Line[] }>();
  edges.forEach((edge, index) => {
    const source = states[edge.source];
    const word = source === undefined ? edge.event : triggerName(source, edge);
    const lines = linesOf(word, edge.guard ?? '', detail === 'effects' ? (edge.actions ?? []) : [], index);
    if (!isArrow(edge)) inside[edge.source]?.push(...lines);
    edge.targets.forEach((target, place) => {
      const key = `${edge.source} ${target}`;
      const arrow = arrows.get(key) ?? { source: edge.source, target, edges: [], lines: [] };
      // Where one transition enters several regions, its text stands at the first.
      if (place === 0) arrow.edges.push(index);
      if (place === 0 && detail !== 'states') arrow.lines.push(...lines);
      arrows.set(key, arrow);
    });
  });
  states.forEach(({ target }, source) => {
    if (target !== undefined) arrows.set(`${source} default`, { source, target, edges: [], lines: [] });
  });
  return {
    states: states.map((definition, index) => ({
      name: nameOf(definition),
      definition,
      isRegion:
        definition.parent !== undefined &&
        definition.type !== 'history' &&
        states[definition.parent]?.type === 'parallel',
      lines:
        detail === 'states'
          ? []
          : [
              ...(definition.entry ? linesOf('entry', '', definition.entry) : []),
              ...(definition.exit && detail === 'effects' ? linesOf('exit', '', definition.exit) : []),
              ...(definition.invoke ? linesOf('invoke', '', definition.invoke) : []),
              ...(inside[index] ?? []),
            ],
    })),
    arrows: [...arrows.values()],
  };
}

/** The text of a line. */
export const textOf = ({ word, guard, effects }: Line): string =>
  `${word}${guard === '' ? '' : ` [${guard}]`}${effects === '' ? '' : `${word === '' ? '  ' : ' / '}${effects}`}`;
