/** Requests of the Debug Adapter Protocol → answers and events. One session; a reader and a writer are passed in. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SourceRange } from '../runtime/contract/manifest.ts';
import { wrongArguments } from './arguments.ts';
import type { Debugger, Stopped, Work } from './debugger.ts';
import { start } from './launch.ts';
import type { Load } from './launch.ts';
import { breakableAt, breakableLines, breakablesOf } from './places.ts';
import type { Breakable } from './places.ts';
import { CannotDebug } from './program.ts';
import { GO_TO_TIME, LINE_VALUES, MOMENT, VERDICT, WHY } from './protocol.ts';
import type {
  GoToTimeArguments,
  LaunchConfiguration,
  LineValuesArguments,
  MomentResponse,
  WhyArguments,
} from './protocol.ts';
import { createSetting } from './setting.ts';
import { createInspection } from './inspection.ts';
import type { Inspection } from './inspection.ts';

export interface AdapterOptions {
  send: (message: DebugProtocol.ProtocolMessage) => void;
  load: Load;
  /** Paths of the editor ↔ URIs of texts. */
  uriOf: (path: string) => string;
  pathOf: (uri: string) => string | undefined;
  /** Calls back soon, after whatever else waits. */
  soon: (callback: () => void) => void;
  /** The session is over. */
  end: () => void;
}

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsStepBack: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsRestartFrame: true,
  supportsGotoTargetsRequest: true,
  supportsCompletionsRequest: true,
  supportsDataBreakpoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsTerminateRequest: true,
  supportsExceptionInfoRequest: true,
  supportsClipboardContext: true,
  completionTriggerCharacters: ['.'],
  exceptionBreakpointFilters: [
    {
      filter: 'requirement',
      label: 'Requirements that Fail',
      description: 'Stops where a requirement of the test fails.',
      default: true,
    },
    {
      filter: 'alarm',
      label: 'Alarms',
      description: 'Stops where any alarm is raised.',
      default: false,
      supportsCondition: true,
    },
  ],
};

const THREAD = 1;
type Answer = object | undefined | void;

export function createAdapter(options: AdapterOptions): (message: DebugProtocol.ProtocolMessage) => void {
  const { uriOf, pathOf } = options;
  let sequence = 0;
  let session: Debugger | undefined;
  let inspection: Inspection | undefined;
  let breakables: Breakable[] = [];
  let stopOnEntry = false;
  let linesFrom = 1;
  let columnsFrom = 1;
  let stopped: Stopped | undefined;
  let work: Work | undefined;
  let isResuming = false;
  let isOver = false;

  const emit = (event: string, body?: object): void =>
    options.send({
      seq: (sequence += 1),
      type: 'event',
      event,
      ...(body === undefined ? {} : { body }),
    } as DebugProtocol.Event);
  const sourceOf = (uri: string): DebugProtocol.Source | undefined => {
    const path = pathOf(uri);
    return path === undefined ? undefined : { name: uri.split('/').at(-1)!, path };
  };
  const say = (text: string, place?: SourceRange): void => {
    const source = place === undefined ? undefined : sourceOf(place.uri);
    emit('output', {
      category: 'stdout',
      output: `${text}\n`,
      ...(source === undefined || place === undefined
        ? {}
        : { source, line: place.line - 1 + linesFrom, column: place.column - 1 + columnsFrom }),
    });
  };
  const running = (): Debugger => {
    if (session === undefined) throw new CannotDebug('Nothing has been launched yet.');
    return session;
  };
  const standing = (): { session: Debugger; inspection: Inspection } => {
    const own = running();
    if (work !== undefined || inspection === undefined)
      throw new CannotDebug('The run is going on: pause it first.');
    return { session: own, inspection };
  };

  // ── going on and stopping ─────────────────────────────────────────────────────────────────────────

  const halt = (result: Stopped): void => {
    work = undefined;
    isResuming = false;
    stopped = result;
    inspection = createInspection(running(), sourceOf, { linesFrom, columnsFrom }, result.step);
    const { reason, description, stoppers } = result;
    const reasons: Record<Stopped['reason'], string> = {
      entry: 'entry',
      breakpoint: 'breakpoint',
      step: 'step',
      data: 'data breakpoint',
      requirement: 'exception',
      trouble: 'exception',
      end: 'end of the run',
      pause: 'pause',
      goto: 'goto',
    };
    if (reason === 'trouble' || reason === 'end') say(description);
    emit('stopped', {
      reason: reasons[reason],
      description,
      text: description,
      threadId: THREAD,
      allThreadsStopped: true,
      hitBreakpointIds: stoppers,
    });
  };
  const carryOn = (): void => {
    if (work === undefined || isOver) return;
    try {
      const step = work.next();
      if (step.done === true) halt(step.value);
      else options.soon(carryOn);
    } catch (error) {
      if (!(error instanceof CannotDebug)) throw error;
      say(error.message);
      halt(running().pausedHere());
    }
  };
  const go = (made: Work, resumes = false): void => {
    work = made;
    isResuming = resumes;
    inspection = undefined;
    options.soon(carryOn);
  };
  const started = (made: (session: Debugger) => Work, resumes = false): (() => void) => {
    const { session: own } = standing();
    return () => go(made(own), resumes);
  };
  const changedStoppers = (): void => {
    const own = running();
    own.setStoppers(setting.all());
    if (!isResuming || work === undefined) return;
    work.return({ reason: 'pause', description: '', stoppers: [] });
    own.travel.atEnd();
    go(own.resume(), true);
  };

  const setting = createSetting({
    running,
    uriOf,
    breakables: () => breakables,
    linesFrom: () => linesFrom,
    changed: changedStoppers,
  });

  // ── requests ──────────────────────────────────────────────────────────────────────────────────────

  /** What is to happen once the answer is on its way. */
  let then: (() => void) | undefined;

  const requests: Record<string, (args: never) => Answer> = {
    initialize: (args: DebugProtocol.InitializeRequestArguments) => {
      linesFrom = args.linesStartAt1 === false ? 0 : 1;
      columnsFrom = args.columnsStartAt1 === false ? 0 : 1;
      return CAPABILITIES;
    },
    launch: (args: LaunchConfiguration) => {
      if (session !== undefined) throw new CannotDebug('This session runs a twin already.');
      session = start(args, options.load, say, (verdict) => emit(VERDICT, verdict));
      stopOnEntry = args.stopOnEntry === true;
      breakables = breakablesOf(session.manifest, session.program.texts);
      then = () => emit('initialized');
      return {};
    },
    configurationDone: () => {
      const own = running();
      then = () => {
        if (stopOnEntry) halt(own.begin());
        else go(own.launch(), false);
      };
      return {};
    },
    setBreakpoints: setting.lines,
    setFunctionBreakpoints: setting.functions,
    setDataBreakpoints: setting.data,
    setExceptionBreakpoints: setting.filters,
    breakpointLocations: (args: DebugProtocol.BreakpointLocationsArguments) => ({
      breakpoints: breakableLines(
        breakables,
        uriOf(args.source.path ?? ''),
        args.line - linesFrom + 1,
        (args.endLine ?? args.line) - linesFrom + 1,
      ).map(({ line, column }) => ({ line: line - 1 + linesFrom, column: column - 1 + columnsFrom })),
    }),
    threads: () => ({ threads: [{ id: THREAD, name: session?.manifest.name ?? 'twin' }] }),
    stackTrace: () => standing().inspection.stackTrace(),
    scopes: (args: DebugProtocol.ScopesArguments) => standing().inspection.scopes(args.frameId),
    variables: (args: DebugProtocol.VariablesArguments) => standing().inspection.variables(args),
    evaluate: (args: DebugProtocol.EvaluateArguments) => {
      const { inspection: own } = standing();
      const command = args.context === 'repl' ? own.command(args.expression, args.frameId) : undefined;
      if (command?.work !== undefined) {
        const next = command.work;
        then = () => go(next);
      }
      if (command?.changed === true) then = changed;
      return command?.answer ?? own.evaluate(args.expression, args.frameId);
    },
    completions: (args: DebugProtocol.CompletionsArguments) =>
      standing().inspection.completions(args.text.slice(0, args.column - columnsFrom), args.frameId),
    setVariable: (args: DebugProtocol.SetVariableArguments) => {
      const result = standing().inspection.setVariable(args);
      then = changed;
      return result;
    },
    setExpression: (args: DebugProtocol.SetExpressionArguments) => {
      const result = standing().inspection.setExpression(args.expression, args.value, args.frameId);
      then = changed;
      return result;
    },
    dataBreakpointInfo: (args: DebugProtocol.DataBreakpointInfoArguments) =>
      standing().inspection.dataBreakpointInfo(args),
    continue: () => {
      then = started((own) => own.resume(), true);
      return { allThreadsContinued: true };
    },
    next: () => {
      then = started((own) => own.next());
      return {};
    },
    stepIn: () => {
      then = started((own) => own.stepIn());
      return {};
    },
    stepOut: () => {
      then = started((own) => own.stepOut());
      return {};
    },
    stepBack: () => {
      then = started((own) => own.stepBack());
      return {};
    },
    reverseContinue: () => {
      then = started((own) => own.reverse());
      return {};
    },
    restartFrame: () => {
      then = started((own) => own.again());
      return {};
    },
    gotoTargets: (args: DebugProtocol.GotoTargetsArguments) => {
      const place = breakableAt(breakables, uriOf(args.source.path ?? ''), args.line - linesFrom + 1);
      return { targets: place === undefined ? [] : standing().inspection.gotoTargets(place, args.line) };
    },
    goto: (args: DebugProtocol.GotoArguments) => {
      const place = standing().inspection.gotoTarget(args.targetId);
      then = started((own) => own.goTo(place));
      return {};
    },
    pause: () => {
      const own = running();
      if (work === undefined) return {};
      work.return({ reason: 'pause', description: '', stoppers: [] });
      work = undefined;
      then = () => halt(own.pausedHere());
      return {};
    },
    exceptionInfo: () => ({
      exceptionId: stopped?.reason === 'trouble' ? 'The run cannot go on' : 'A requirement fails',
      description: stopped?.description ?? '',
      breakMode: 'always',
    }),
    terminate: () => {
      then = finish;
      return {};
    },
    disconnect: () => {
      then = finish;
      return {};
    },
    [WHY]: (args: WhyArguments | undefined) => standing().inspection.why(args ?? {}),
    [LINE_VALUES]: (args: LineValuesArguments) => ({
      lines: standing().inspection.lineValues(uriOf(args.path), args.frameId),
    }),
    [GO_TO_TIME]: (args: GoToTimeArguments) => {
      then = started((own) => own.goToTime(args.time));
      return {};
    },
    [MOMENT]: (): MomentResponse => {
      const { travel } = standing().session;
      const { time, index } = travel.place();
      return { time, index: index === 'end' ? null : index, hash: travel.hash() };
    },
  };

  /** The state was changed by hand, so everything that is shown has to be asked for again. */
  const changed = (): void => {
    inspection = createInspection(running(), sourceOf, { linesFrom, columnsFrom });
    emit('invalidated', { areas: ['all'] });
  };
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    emit('terminated');
    options.end();
  };

  return (message) => {
    if (message.type !== 'request') return;
    const request = message as DebugProtocol.Request;
    const answer = (rest: object): void =>
      options.send({
        seq: (sequence += 1),
        type: 'response',
        request_seq: request.seq,
        command: request.command,
        ...rest,
      } as DebugProtocol.Response);
    then = undefined;
    const serve = Object.hasOwn(requests, request.command) ? requests[request.command] : undefined;
    if (serve === undefined) {
      answer({ success: false, message: `There is no request ${request.command} here.` });
      return;
    }
    const wrong = wrongArguments(request.command, request.arguments ?? {});
    if (wrong !== undefined) {
      answer({ success: false, message: wrong });
      return;
    }
    try {
      const body = serve((request.arguments ?? {}) as never);
      answer({ success: true, body: body ?? {} });
    } catch (error) {
      if (!(error instanceof CannotDebug)) throw error;
      answer({
        success: false,
        message: error.message,
        body: { error: { id: 1, format: error.message, showUser: request.command === 'launch' } },
      });
      return;
    }
    const next = then as (() => void) | undefined;
    then = undefined;
    next?.();
  };
}
