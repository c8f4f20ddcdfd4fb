import * as vscode from 'vscode';

/**
 * The page of the preview. Scripts run by nonce only; nothing is loaded from elsewhere. `subject` is what the preview
 * must keep in its state, so that the panel can be restored after a reload. `page`: the preview, or that of an experiment.
 */
export function previewHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  subject: unknown,
  page: 'main' | 'study' = 'main',
): string {
  const folder = vscode.Uri.joinPath(extension, 'dist', 'preview');
  const address = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = [
    `default-src 'none'`,
    // 'strict-dynamic' lets the script load its own chunks.
    `script-src 'nonce-${nonce}' 'strict-dynamic' ${webview.cspSource}`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
    `worker-src blob: ${webview.cspSource}`,
    `connect-src ${webview.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en" data-language="${escape(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${address(`${page}.css`)}">
<title>Pollux preview</title>
</head>
<body data-painter="${address('paint.worker.js')}" data-subject="${escape(JSON.stringify(subject))}">
<div id="app"></div>
<script type="module" nonce="${nonce}" src="${address(`${page}.js`)}"></script>
</body>
</html>`;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
