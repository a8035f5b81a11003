import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatRequest {
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly temperature?: number;
    readonly max_tokens?: number;
    readonly max_completion_tokens?: number;
    readonly reasoning_effort?: string;
    readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: unknown } };
  };
  readonly headers: IncomingMessage['headers'];
}

export type Behaviour = (
  request: ChatRequest,
  response: ServerResponse,
  ordinal: number,
) => void | Promise<void>;

/** A local server that speaks the chat-completions protocol as a test says. */
export class ChatServer {
  readonly requests: ChatRequest[] = [];
  behaviour: Behaviour = (_, response) => answer(response, '{}');
  /** Requests under way at once, at most. */
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((message, response) => {
      void this.serve(message, response);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((ready) => this.server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    response.on('close', () => this.atOnce--);
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const request: ChatRequest = {
      body: JSON.parse(Buffer.concat(parts).toString()),
      headers: message.headers,
    };
    this.requests.push(request);
    await this.behaviour(request, response, this.requests.length - 1);
  }
}

/** A chat completion as servers send it. */
export function completion(
  content: string | null,
  usage: object | null = { prompt_tokens: 900, completion_tokens: 60, total_tokens: 960 },
  more: object = {},
): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'made-up',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content, refusal: null, ...more } },
    ],
    ...(usage && { usage }),
  };
}

export function answer(response: ServerResponse, content: string | null, usage?: object | null): void {
  send(response, 200, completion(content, usage));
}

export function send(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
