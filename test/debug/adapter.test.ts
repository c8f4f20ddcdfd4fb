import type { DebugProtocol } from '@vscode/debugprotocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAdapter } from '../../debug-adapter/adapter.ts';
import { createReader, NotAMessage, written } from '../../debug-adapter/wire.ts';

const TEXT = `
asset Tank {
  private param secret = 6.1 m
  state level = 1 m
  der(level) = if full then 0 else 2 mm/s
  input full: Boolean = false
  modes valve {
    initial Open { when level > 0.5 * secret -> Closed }
    Closed { after 1 min -> Open }
  }
  rule stop {
    when level > 3.2 m
    set full = true
  }
}
scenario fill for Tank { run 20 min }
`;

const uri = 'file:///tank.twin';

/** An adapter in this process: requests in, everything it sends out. */
function adapter() {
  const sent: DebugProtocol.ProtocolMessage[] = [];
  const waiting: (() => void)[] = [];
  const receive = createAdapter({
    send: (message) => sent.push(structuredClone(message)),
    load: () => ({ texts: [{ uri, text: TEXT }] }),
    uriOf: (path) => `file://${path}`,
    pathOf: (own) => own.slice('file://'.length),
    soon: (callback) => waiting.push(callback),
    end: () => {},
  });
  let seq = 0;
  return {
    sent,
    request(command: string, args?: unknown): DebugProtocol.Response {
      seq += 1;
      receive({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
      const answer = sent.find(
        (one) => one.type === 'response' && (one as DebugProtocol.Response).request_seq === seq,
      );
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) next();
      return answer as DebugProtocol.Response;
    },
    launched(): void {
      this.request('initialize', { adapterID: 'test' });
      expect(this.request('launch', { program: '/tank.twin', stopOnEntry: true }).success).toBe(true);
      this.request('configurationDone');
    },
  };
}

const COMMANDS =
  'initialize launch configurationDone setBreakpoints setFunctionBreakpoints setDataBreakpoints setExceptionBreakpoints breakpointLocations threads stackTrace scopes variables evaluate completions setVariable setExpression dataBreakpointInfo continue next stepIn stepOut stepBack reverseContinue restartFrame gotoTargets goto pause exceptionInfo pollux/why pollux/lineValues pollux/goToTime pollux/moment toString noSuchThing'.split(
    ' ',
  );

describe('the adapter', () => {
  it('answers whatever it is asked, before and after a launch', () => {
    const odd = fc.oneof(
      fc.constant(undefined),
      fc.constant({}),
      fc.constant(null),
      fc.record(
        {
          source: fc.oneof(fc.constant({}), fc.constant({ path: '/tank.twin' }), fc.constant(null)),
          breakpoints: fc.oneof(
            fc.constant([{ line: 12, condition: 'level' }]),
            fc.constant([{}]),
            fc.constant(3),
            fc.constant([null]),
          ),
          line: fc.oneof(fc.integer(), fc.constant(NaN)),
          expression: fc.oneof(
            fc.string(),
            fc.constantFrom('level', 'why', 'why level', 'goto 3', 'set level = 2 m', '(('),
          ),
          context: fc.constantFrom('repl', 'watch'),
          name: fc.string(),
          value: fc.string(),
          text: fc.string(),
          column: fc.integer(),
          frameId: fc.integer({ min: -1, max: 5 }),
          variablesReference: fc.integer({ min: -1, max: 9 }),
          filters: fc.oneof(fc.constant(['alarm', 'x']), fc.constant(1)),
          time: fc.oneof(fc.double(), fc.constant('x')),
          path: fc.oneof(fc.string(), fc.constant(7)),
          targetId: fc.integer(),
          program: fc.oneof(fc.constant('/tank.twin'), fc.constant(1)),
          params: fc.constantFrom({ secret: '3 s' }, { none: '1' }, 4),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(fc.constantFrom(...COMMANDS), odd), { maxLength: 12 }),
        (isLaunched, list) => {
          const own = adapter();
          if (isLaunched) own.launched();
          for (const [command, args] of list) {
            const answer = own.request(command, args);
            expect(answer, command).toMatchObject({ type: 'response', command });
            if (!answer.success) expect(answer.message).toMatch(/\S/);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('shows no private value anywhere', () => {
    const own = adapter();
    own.launched();
    own.request('setFunctionBreakpoints', { breakpoints: [{ name: 'stop' }] });
    own.request('continue');
    own.request('scopes', { frameId: 1 });
    for (let variablesReference = 1; variablesReference < 8; variablesReference += 1)
      own.request('variables', { variablesReference });
    for (const expression of ['secret', '2 * secret', 'level > secret'])
      expect(own.request('evaluate', { expression, context: 'watch' })).toMatchObject({
        success: false,
        message: expect.stringContaining('private'),
      });
    own.request('evaluate', { expression: 'why valve', context: 'repl' });
    own.request('pollux/lineValues', { path: '/tank.twin' });
    expect(own.request('setExpression', { expression: 'secret', value: '4 m' }).success).toBe(false);
    const told = JSON.stringify(own.sent);
    expect(told).toContain('(private)');
    expect(told).not.toMatch(/\b(6\.1|12\.2)/);
    expect(told).toContain('when level > 0.5 * secret: it had become true');
  });

  it('marks the active mode and what fired, and moves breakpoints to where something happens', () => {
    const own = adapter();
    own.launched();
    const line = TEXT.split('\n').findIndex((text) => text.includes('rule stop')) + 1;
    const { breakpoints } = own.request('setBreakpoints', {
      source: { path: '/tank.twin' },
      breakpoints: [{ line: 4 }, { line: line + 1 }, { line: 99 }],
    }).body;
    expect(breakpoints).toMatchObject([
      { verified: true, line: 8 },
      { verified: true, line: line + 1 },
      { verified: false, line: 99 },
    ]);
    do own.request('continue');
    while (own.request('stackTrace', { threadId: 1 }).body.stackFrames[0].name !== 'stop (rule)');
    expect(own.request('pollux/moment').body.time).toBeCloseTo(1100, 6);
    const before = own.request('pollux/lineValues', { path: '/tank.twin' }).body.lines;
    expect(before).toContainEqual(expect.objectContaining({ line: 7, text: 'Closed', mode: 'Closed' }));
    expect(before).toContainEqual(expect.objectContaining({ line: 4, text: '3.2 m' }));
    own.request('stepOut');
    const after = own.request('pollux/lineValues', { path: '/tank.twin' }).body.lines;
    expect(after).toContainEqual(expect.objectContaining({ line, fired: 'now' }));
  });

  it('goes back through the stops by which it came', () => {
    fc.assert(
      fc.property(
        fc.subarray(['stop', 'valve.Open -> Closed', 'level'], { minLength: 1 }),
        fc.constantFrom('', '% 2', '>= 2'),
        (names, hitCondition) => {
          const own = adapter();
          own.launched();
          own.request('setFunctionBreakpoints', {
            breakpoints: names.map((name) => ({ name, hitCondition })),
          });
          const moment = (): unknown => own.request('pollux/moment').body;
          const reason = (): string =>
            (
              own.sent.findLast(
                (one) => (one as DebugProtocol.Event).event === 'stopped',
              ) as DebugProtocol.StoppedEvent
            ).body.reason;
          const there: unknown[] = [];
          for (own.request('continue'); reason() === 'breakpoint'; own.request('continue'))
            there.push(moment());
          const back: unknown[] = [];
          for (own.request('reverseContinue'); reason() === 'breakpoint'; own.request('reverseContinue'))
            back.push(moment());
          expect(back.toReversed()).toEqual(there);
        },
      ),
      { numRuns: 6 },
    );
  });
});

describe('messages on the wire', () => {
  it('come together from any pieces, and what is none is refused', () => {
    const messages = [1, 2, 3].map((seq) => ({ seq, type: 'request', text: 'ä'.repeat(seq * 7) }));
    const bytes = new TextEncoder().encode(messages.map(written).join(''));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const heard: unknown[] = [];
        const read = createReader((message) => heard.push(message));
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          read(bytes.slice(at, at + size));
          at += size;
        }
        expect(heard).toEqual(messages);
      }),
    );
    const read = (text: string) => () => createReader(() => {})(new TextEncoder().encode(text));
    expect(read('Content-Length: x\r\n\r\n{}')).toThrow(NotAMessage);
    expect(read('Content-Length: 2\r\n\r\n{]')).toThrow(NotAMessage);
    expect(read('Content-Length: 99999999999\r\n\r\n')).toThrow(NotAMessage);
    expect(read('x'.repeat(5000))).toThrow(NotAMessage);
  });
});
