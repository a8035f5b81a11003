// A chat-completions server in a process of its own: answers every request after a fixed latency, and counts.
// Arguments: milliseconds of latency, text of the completion. Prints its port; a line on stdin makes it print its counters.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const latency = Number(process.argv[2]);
const body = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 0,
  model: 'bench',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: process.argv[3], refusal: null },
    },
  ],
  usage: { prompt_tokens: 3000, completion_tokens: 60, total_tokens: 3060 },
});
let served = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    setTimeout(() => {
      served++;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    }, latency);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
createInterface({ input: process.stdin })
  .on('line', () => console.log(served))
  .on('close', () => process.exit(0));
