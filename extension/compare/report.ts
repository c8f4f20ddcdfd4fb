/** The HTML report in a panel, in the colours of the editor's theme. It has no scripts. */
import * as vscode from 'vscode';

export class ReportPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private html = '';
  private readonly themes = vscode.window.onDidChangeActiveColorTheme(() => this.draw());

  show(title: string, html: string): void {
    this.html = html;
    if (this.panel === undefined) {
      this.panel = vscode.window.createWebviewPanel(
        'pollux.comparison',
        title,
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        { enableScripts: false, localResourceRoots: [], enableFindWidget: true },
      );
      this.panel.onDidDispose(() => (this.panel = undefined));
    } else this.panel.reveal(undefined, true);
    this.panel.title = title;
    this.draw();
  }

  close(): void {
    this.panel?.dispose();
  }

  dispose(): void {
    this.themes.dispose();
    this.panel?.dispose();
  }

  private draw(): void {
    if (this.panel === undefined) return;
    const { kind } = vscode.window.activeColorTheme;
    const isDark = kind === vscode.ColorThemeKind.Dark || kind === vscode.ColorThemeKind.HighContrast;
    // The page asks what the system likes; here the editor's theme says it.
    this.panel.webview.html = this.html.replaceAll(
      '@media (prefers-color-scheme: dark)',
      isDark ? '@media all' : '@media not all',
    );
  }
}
