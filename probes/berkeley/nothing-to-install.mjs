import { execFileSync } from 'node:child_process';
import { say } from '../kit.mjs';

const program = "import('berkeley').then(() => console.log('there'), (error) => console.log(error.code))";
const out = execFileSync(process.execPath, ['-e', program], { cwd: '/', encoding: 'utf8' }).trim();
say(out === 'there' ? 'yes' : 'no', out === 'there' ? '' : 'a package with a native addon');
