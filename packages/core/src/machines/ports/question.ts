import type { KnownStream, StreamQuery } from '../socket/answer.ts';

/** Requests the properties of the stream in a question. Answered by `question.answered`. Performed by the session's `describe`. */
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
