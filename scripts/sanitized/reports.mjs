// Owns the reading of what the sanitizers wrote: which of it is about our code, and in which lines. It must not know what ran.
//
// Node is not compiled with a sanitizer, and it leaks at its end by design. So leaks and races are reported here when our
// code takes part, by what the report itself says, and no list of suppressions is kept. Everything else counts, wherever it is:
// memory that is used wrongly, and behaviour that is undefined.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const own = /\/berkeley\w*\.node$/;
/** The sanitizers' libraries, which stand in for malloc, memcpy, close and the like. */
const runtime = /\/lib(a|t|ub|l)san\.so/;

/** Paragraphs of a race that tell no access. */
const aside = /^ +(Thread T\d|Location |Mutex M\d+ (\(0x\w+\) created|is already))/;

/** What is to be mended, one text for each place of ours; and how many reports were about others. */
export function readReports(folder) {
  const found = new Map();
  let foreign = 0;
  for (const name of readdirSync(folder)) {
    for (const report of split(readFileSync(join(folder, name), 'utf8'))) {
      if (isOurs(report)) found.set(placeOf(report), explained(report));
      else foreign += 1;
    }
  }
  return { found: [...found.values()], foreign };
}

/** A file may have several reports; leaks come as one, with a paragraph for each place. */
function split(text) {
  if (text.includes('LeakSanitizer: detected memory leaks')) {
    return text.split('\n\n').filter((paragraph) => /^(Direct|Indirect) leak of/.test(paragraph));
  }
  return text.split('==================\n').filter((part) => /(ERROR|WARNING): \w+Sanitizer|runtime error:/.test(part));
}

function isOurs(report) {
  if (/^(Direct|Indirect) leak of/.test(report)) return isOurLeak(framesOf(report));
  return report.includes('WARNING: ThreadSanitizer') ? isOurRace(report) : true;
}

/** Our frames: processes and addresses differ from one report to the next. */
function placeOf(report) {
  const ours = framesOf(report).filter(({ module }) => own.test(module));
  return ours.length === 0 ? report : ours.map(({ module, offset }) => `${module} ${offset}`).join();
}

/** [{ module, offset }] in the order of the report. */
function framesOf(text) {
  return [...text.matchAll(/^ +#\d+ .*?\(([^()\s]+)\+(0x[0-9a-f]+)\)/gm)].map(([, module, offset]) => ({
    module,
    offset,
  }));
}

/**
 * What our code calls without owning what is asked for meanwhile. napi_create_external: the object by which Node finds its way to our
 * memory; an environment that ends (Node 20 to 26) frees only those that the collector has come by. Our memory behind it, whose
 * finalizer is called, is seen like any other. The other two run JavaScript; where that calls us again, our frame there counts.
 */
const callees = ['napi_create_external', 'napi_make_callback', 'napi_call_function'];

/**
 * Memory that our code asked for, itself or through Node or OpenSSL. What V8's heap asks for is V8's, to keep objects in, whoever made the
 * object that had no room; a process that ends at once frees none of it.
 */
function isOurLeak(frames) {
  const at = frames.findIndex(({ module }) => own.test(module));
  const asking = frames.find(({ module }) => !runtime.test(module));
  return at >= 0 && !callees.includes(nameOf(frames[at - 1])) && !nameOf(asking).startsWith('_ZN2v88internal');
}

/**
 * One of the two accesses is our code's, or that of a function of the C library that it called. Which thread was made under our
 * code does not matter, nor what Node does when we call it: it is not compiled with the sanitizer, which therefore does not see
 * by what it orders its accesses.
 */
function isOurRace(report) {
  const accesses = report.split('\n\n').filter((part) => /^ +#\d/m.test(part) && !aside.test(part));
  const ours = accesses.map((part) => {
    const first = framesOf(part).find(({ module }) => !runtime.test(module));
    return first !== undefined && own.test(first.module);
  });
  // libuv closes descriptors by the bare system call, which the sanitizer does not see: whoever has the number next seems to
  // race with whoever had it before. Between two accesses of ours the report stands.
  if (/Location is file descriptor/.test(report)) return ours.every(Boolean);
  return ours.some(Boolean);
}

/** The report with files and lines of our frames. */
function explained(report) {
  const lines = report.trimEnd().split('\n');
  return lines
    .flatMap((line) => {
      const [frame] = framesOf(line);
      if (frame === undefined || !own.test(frame.module)) return [line];
      const where = addressToLine(frame, ['-Cfipe']).trim();
      return [line, ...where.split('\n').map((part) => `        ${basename(frame.module)}: ${part.trim()}`)];
    })
    .join('\n');
}

function nameOf(frame) {
  return frame === undefined ? '' : addressToLine(frame, ['-fe']).split('\n')[0];
}

const known = new Map();

function addressToLine({ module, offset }, words) {
  const key = `${words.join()} ${module} ${offset}`;
  let answer = known.get(key);
  if (answer === undefined) {
    // The frame says where the call returns to; the call is before it.
    const address = `0x${(Number(offset) - 1).toString(16)}`;
    answer = spawnSync('addr2line', [...words, module, address], { encoding: 'utf8' }).stdout ?? '';
    known.set(key, answer);
  }
  return answer;
}
