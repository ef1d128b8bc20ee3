/** The port to where SQS keeps messages that were received too often: one for each queue. */
export interface DeadLetterQueue {
  /** The queue that the messages are for. */
  readonly queueUrl: string;
  /** @returns null: the queue has no redrive policy, so nothing is kept beside it. Throws when SQS does not answer. */
  find(): Promise<DeadLetters | null>;
  /**
   * Moves all that is there now back into the queue. A message may be in both for a moment, or come twice; none is lost.
   * @param said hears now and then how many were moved so far; where it throws, the move ends there
   * @returns how many were moved. Throws when SQS does not answer or does not allow it.
   */
  moveBack(from: DeadLetters, raw: (moved: number) => Promise<void>): Promise<MovedBack>;
}

export interface DeadLetters {
  readonly url: string;
  readonly arn: string;
  /** About, as SQS counts. */
  readonly waiting: number;
}

/** `move-task`: SQS moved them itself. `own-move`: it can't, so each was sent again and then deleted. */
export interface MovedBack {
  readonly by: 'move-task' | 'own-move';
  readonly moved: number;
}
