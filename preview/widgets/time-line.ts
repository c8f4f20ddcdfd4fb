/** A line across the inside of a plot, at a time. */
export class TimeLine {
  readonly element = document.createElement('div');

  constructor(kind: 'playhead' | 'trace-mark' | 'mark-line' | 'pointer-line') {
    this.element.className = kind;
    this.element.hidden = true;
  }

  /** Where the inside of the plot is, in CSS pixels. */
  place(left: number, top: number, height: number): void {
    const { style } = this.element;
    style.left = `${left}px`;
    style.top = `${top}px`;
    style.height = `${height}px`;
  }

  /** `width` CSS pixels stand for the times from `start` to `end`; outside of them nothing is drawn. */
  draw(time: number, start: number, end: number, width: number): void {
    const shown = time >= start && time <= end;
    this.element.hidden = !shown;
    if (shown)
      this.element.style.transform = `translateX(${((time - start) / (end - start)) * width - 0.5}px)`;
  }
}

/** px; what a digit of the label takes, about. */
const digit = 7;
/** px; beyond the right end of the plot there is so much room. */
const margin = 20;

/** The time under the pointer, written on the axis of time. */
export class PointerTime extends TimeLine {
  private readonly label = document.createElement('span');

  constructor() {
    super('pointer-line');
    this.element.append(this.label);
  }

  /** `text` says the time. */
  write(text: string, time: number, start: number, end: number, width: number): void {
    this.draw(time, start, end, width);
    if (this.element.hidden) return;
    if (this.label.textContent !== text) this.label.textContent = text;
    const half = (text.length * digit) / 2 + 4;
    const beyond = ((time - start) / (end - start)) * width + half - width - margin;
    this.label.style.transform = `translateX(calc(-50% - ${Math.max(0, beyond)}px))`;
  }
}
