/** The port to the dead letters of one queue: messages that were received too often. */
export interface DeadLetterQueue {
  /** The queue that the messages are for. */
  readonly queueUrl: string;
  /** @returns null when the queue has no redrive policy, and so no dead letters. @throws when SQS does not answer */
  find(): Promise<DeadLetters | null>;
  /**
   * Moves all present dead letters back into the queue. A message may be in both for a moment, or arrive twice; none is lost.
   * @param raw called now and then with the number moved so far; if it throws, the move ends
   * @returns how many were moved. @throws when SQS does not answer or does not allow it
   */
  moveBack(from: DeadLetters, raw: (moved: number) => Promise<void>): Promise<MovedBack>;
}

export interface DeadLetters {
  readonly url: string;
  readonly arn: string;
  /** Approximate, as SQS counts. */
  readonly waiting: number;
}

/** `move-task`: SQS moved them itself. `own-move`: SQS can't, so each was sent again and then deleted. */
export interface MovedBack {
  readonly by: 'move-task' | 'own-move';
  readonly moved: number;
}
