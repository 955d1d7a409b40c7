// Owns questions to Python by the ten thousand: one expression over a list of texts. It must not know what is asked.

import type { TestContext } from 'node:test';
import { startPython } from '../support/python.js';

/** What `answer(question)`, a function of `program`, is for each of the questions, through JSON. */
export async function pythonAnswers<T>(t: TestContext, program: string, questions: readonly unknown[]): Promise<T[]> {
  const python = startPython(
    t,
    `import ipaddress, json, urllib.parse\n${program}\nfor line in sys.stdin: say(json.dumps([answer(one) for one in json.loads(line)]))`,
  );
  const all: T[] = [];
  for (let from = 0; from < questions.length; from += 5000) {
    python.tell(JSON.stringify(questions.slice(from, from + 5000)));
    all.push(...(JSON.parse(await python.line()) as T[]));
  }
  await python.end();
  return all;
}
