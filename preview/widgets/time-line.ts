/** A line across the inside of a plot, at a time. */
export class TimeLine {
  readonly element = document.createElement('div');

  constructor(kind: 'playhead' | 'trace-mark') {
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
