/** Lists how the recorded behaviour of the sandbox differs from the documents. */
import { asJsonObject } from '../json.js';
import { type Answer, checkAnswer, checkError, type Difference } from './check-answer.js';
import type { Operation } from './documents.js';
import type { Recording } from './recorder.js';

export interface OperationDifference extends Difference {
  /** As in documents.ts: `GET taskrouter /v1/Workspaces/:/Tasks`. A parameter has the pointer `?Name`. */
  readonly operation: string;
}

/** A served operation with its document and what was seen of it. */
export interface Compared {
  readonly operation: Operation;
  readonly recording: Recording;
}

/** Every difference once. */
export function listDifferences(compared: readonly Compared[]): readonly OperationDifference[] {
  const differences = compared.flatMap(({ operation, recording }) =>
    [
      ...recording.answers.flatMap((answer) => checkAnswer(operation, answer)),
      ...recording.errors.flatMap(({ answer, status, cause }) =>
        checkError(answer, status).map(({ pointer, problem }) => ({
          pointer,
          problem: `${cause}: ${problem}`,
        })),
      ),
      ...checkParameters(operation, recording),
      ...checkLists(recording.answers),
    ].map((difference) => ({ operation: operation.key, ...difference })),
  );
  return [...new Map(differences.map((difference) => [JSON.stringify(difference), difference])).values()];
}

function checkParameters(
  { queryFields, formFields }: Operation,
  recording: Recording,
): readonly Difference[] {
  const unknownNames = [
    ...[...recording.queryFields].filter((name) => !queryFields.includes(name)),
    ...[...recording.formFields].filter((name) => formFields?.includes(name) === false),
  ];
  return unknownNames.map((name) => ({ pointer: `?${name}`, problem: 'not documented' }));
}

/** A list that is empty in every answer says nothing about its elements. */
function checkLists(answers: readonly Answer[]): readonly Difference[] {
  const lists = answers.flatMap(({ body }) => {
    const members = asJsonObject(body) ?? {};
    const key = asJsonObject(members.meta)?.key;
    return typeof key === 'string' ? [members[key]] : [];
  });
  const isAlwaysEmpty = lists.every((list) => Array.isArray(list) && list.length === 0);
  return lists.length > 0 && isAlwaysEmpty
    ? [{ pointer: '', problem: 'the list is empty in every call' }]
    : [];
}
