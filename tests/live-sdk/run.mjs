// Runs scenarios of the official SDK against simulated Live servers, all at once:
//   node run.mjs NAME=http://HOST:PORT ...
// Prints "ok NAME" or "not ok NAME: why" for each; the exit code is 0 when all are ok.
import { scenarios } from './scenarios.mjs';

// The SDK reads keys, projects and versions from the environment, which is none of a test's business.
for (const name of Object.keys(process.env).filter(name => /^(GOOGLE|GEMINI)_/.test(name)))
  delete process.env[name];

const chosen = process.argv.slice(2).map(argument => argument.split(/=(.*)/s, 2));
const unknown = chosen.filter(([name, url]) => !scenarios[name] || !url);
if (chosen.length === 0 || unknown.length > 0) {
  console.error(`Usage: node run.mjs NAME=http://HOST:PORT ...; names are ${Object.keys(scenarios).join(', ')}`);
  process.exit(2);
}

const outcomes = await Promise.all(chosen.map(async ([name, url]) => {
  try {
    await scenarios[name](url);
    console.log(`ok ${name}`);
    return true;
  } catch (error) {
    console.log(`not ok ${name}: ${String(error?.message ?? error).replaceAll(/\s+/g, ' ')}`);
    return false;
  }
}));
process.exit(outcomes.every(Boolean) ? 0 : 1);
