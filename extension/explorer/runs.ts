/** What runs now, and what has run: previews that are open, and the last commands with how they ended. */
import * as vscode from 'vscode';
import type { PreviewPanels, RunningPreview } from '../preview-panel.ts';

export interface PastRun {
  /** `run surge`, as its task was called. */
  label: string;
  /** Undefined while it still runs. */
  code: number | undefined;
  at: Date;
  execution: vscode.TaskExecution;
}

const MOST = 10;

export class Runs implements vscode.Disposable {
  readonly past: PastRun[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly previews: PreviewPanels;
  private readonly subscriptions: vscode.Disposable[];

  constructor(previews: PreviewPanels) {
    this.previews = previews;
    this.subscriptions = [
      this.changed,
      previews.onDidChange(() => this.changed.fire()),
      vscode.tasks.onDidStartTask(({ execution }) => {
        if (execution.task.source !== 'pollux') return;
        this.past.unshift({ label: execution.task.name, code: undefined, at: new Date(), execution });
        this.past.length = Math.min(this.past.length, MOST);
        this.changed.fire();
      }),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        const run = this.past.find((each) => each.execution === execution);
        if (run === undefined) return;
        run.code = exitCode ?? -1;
        this.changed.fire();
      }),
    ];
  }

  get open(): RunningPreview[] {
    return this.previews.running();
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }
}
