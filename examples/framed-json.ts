// Questions and answers in JSON, each behind its length (four bytes, big-endian), with a codec made from one of the library's.
// Without a target the other end is this program itself.
//
//   node build/examples/framed-json.js [HOST:PORT]

import { codecs, connect, listen, type Codec, type Listener } from 'berkeley';

interface Question {
  id: number;
  numbers: number[];
}
interface Answer {
  id: number;
  sum: number;
}

/** JSON of at most 64 KiB in a frame. What is no JSON is an error of `read`. */
function json<I, O>(): Codec<I, O> {
  const frames = codecs.lengthPrefixed('u32', { max: 65536 });
  return {
    maxFrame: frames.maxFrame,
    encode: (value) => frames.encode(Buffer.from(JSON.stringify(value))),
    decode(buffer) {
      const frame = frames.decode(buffer);
      return frame && { value: JSON.parse(frame.value.toString()) as I, used: frame.used };
    },
  };
}

const [target] = process.argv.slice(2);
const here = target === undefined ? await listen('127.0.0.1:0') : null;
const served = here === null ? undefined : serve(here);

const conn = await connect(target ?? here!.address, { timeout: '5s' });
const peer = conn.framed(json<Answer, Question>());
for (const [id, numbers] of [[1], [2, 3], [4, 5, 6]].entries()) {
  await peer.write({ id, numbers });
  const answer = await peer.read({ timeout: '5s' });
  console.log(`${numbers.join(' + ')} = ${answer?.sum}`);
}
await conn.close();
await served;
here?.close();

async function serve(listener: Listener<'async'>): Promise<void> {
  const client = await listener.accept({ timeout: '5s' });
  const questions = client.framed(json<Question, Answer>());
  for await (const { id, numbers } of questions) await questions.write({ id, sum: numbers.reduce((a, b) => a + b) });
  await client.close();
}
