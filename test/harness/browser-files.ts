/** Runs in the browser's extension host: the folder under test as a virtual one, read and written over HTTP. */
import * as vscode from 'vscode';

export function activate(context: vscode.ExtensionContext): void {
  const base = vscode.Uri.joinPath(context.extensionUri, '../files');
  const at = (uri: vscode.Uri): string => vscode.Uri.joinPath(base, uri.path).toString(true);
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const ask = async (uri: vscode.Uri, init?: RequestInit): Promise<Response> => {
    const response = await fetch(at(uri), init);
    if (!response.ok) throw vscode.FileSystemError.FileNotFound(uri);
    return response;
  };
  const kinds = { folder: vscode.FileType.Directory, file: vscode.FileType.File };
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => undefined),
    async stat(uri) {
      const { headers } = await ask(uri, { method: 'HEAD' });
      const modified = Number(headers.get('X-Modified'));
      return {
        type: headers.get('X-Kind') === 'folder' ? kinds.folder : kinds.file,
        size: Number(headers.get('X-Size')),
        ctime: modified,
        mtime: modified,
      };
    },
    async readDirectory(uri) {
      const entries = (await (await ask(uri)).json()) as [string, 'folder' | 'file'][];
      return entries.map(([name, kind]) => [name, kinds[kind]]);
    },
    readFile: async (uri) => new Uint8Array(await (await ask(uri)).arrayBuffer()),
    async writeFile(uri, content) {
      await ask(uri, { method: 'PUT', body: new Uint8Array(content) });
      changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    },
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('test-files', provider));
}
