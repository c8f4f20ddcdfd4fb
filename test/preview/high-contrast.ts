/** Runs in the page: colours as VS Code's high contrast theme has them. */
export function highContrast(): void {
  document.body.classList.add('vscode-high-contrast');
  const variables = {
    'editor-background': '#000000',
    'editor-foreground': '#ffffff',
    contrastBorder: '#6fc3df',
    focusBorder: '#f38518',
    descriptionForeground: '#ffffff',
  };
  for (const [name, value] of Object.entries(variables))
    document.documentElement.style.setProperty(`--vscode-${name}`, value);
}
