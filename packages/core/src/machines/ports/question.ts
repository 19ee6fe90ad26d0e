import type { KnownStream, StreamQuery } from '../socket/answer.ts';

/** Asks what is known of the stream that a question names; the answer is `question.answered`. Performed by what the session is given as `describe`. */
export interface QuestionEffect {
  readonly type: 'question.ask';
  readonly question: StreamQuery;
}

/** Answers `question.ask`. */
export interface QuestionEvent {
  readonly type: 'question.answered';
  readonly question: StreamQuery;
  /** Properties, or `undefined` for an id that is neither stored nor in use. */
  readonly known: Partial<KnownStream> | undefined;
}
