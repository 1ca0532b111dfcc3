/// The style sheet of a page: light and dark, for a phone, a wide window and paper.
enum HTMLStyle {
  static let sheet = colors + layout + claims + pictures + paper

  /// Line colors are Okabe and Ito's, which people with any color vision can tell apart, a little darker or
  /// lighter for contrast.
  private static let colors = """
    :root { color-scheme: light dark;
      --page: #f6f7f9; --card: #fff; --text: #1b1f24; --muted: #59636e; --rule: #d8dee4; --grid: #e8ebef;
      --good: #1a7f37; --bad: #cf222e; --open: #9a6700; --skip: #6e7781; --forbid: #cf222e14; --band: #0969da1f;
      --s0: #0072b2; --s1: #c2570c; --s2: #00805c; --s3: #a3447f; --s4: #7a6a00; --s5: #3b5bdb; --s6: #8a4b2a; --s7: #495057; }
    @media (prefers-color-scheme: dark) { :root {
      --page: #0d1117; --card: #161b22; --text: #e6edf3; --muted: #9aa4af; --rule: #30363d; --grid: #262c34;
      --good: #3fb950; --bad: #ff6a61; --open: #d8a200; --skip: #8b949e; --forbid: #f8514926; --band: #388bfd33;
      --s0: #56b4e9; --s1: #f0934a; --s2: #2fc79a; --s3: #e08ec0; --s4: #d8c940; --s5: #8ea2ff; --s6: #d39b7d; --s7: #adb5bd; } }

    """

  private static let layout = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    main { max-width: 1400px; margin: 0 auto; padding: 20px 24px 48px; }
    h1, h2, h3, p, ul, dl, figure { margin: 0; }
    h1 { font-size: 1.55rem; line-height: 1.25; letter-spacing: -.01em; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 36px 0 12px; }
    h3 { font-size: 1.05rem; margin: 28px 0 10px; }
    .title { font-size: .93rem; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
    .eyebrow { color: var(--muted); font-size: .85rem; }
    .counts { display: flex; flex-wrap: wrap; gap: 8px; padding: 0; margin: 14px 0; list-style: none; }
    .counts li { display: flex; align-items: center; gap: 7px; padding: 4px 12px 4px 9px; border: 1px solid var(--rule);
      border-radius: 99px; background: var(--card); font-weight: 600; }
    .facts { display: grid; grid-template-columns: 70px 1fr 70px 1fr; gap: 5px 14px; margin-top: 14px; padding: 12px 16px; border: 1px solid var(--rule); border-radius: 10px; background: var(--card); }
    .facts dt { color: var(--muted); } .facts dd { margin: 0; overflow-wrap: anywhere; }
    .notes { margin: 12px 0 0; padding: 0 0 0 18px; color: var(--muted); font-size: .9rem; overflow-wrap: anywhere; }
    .alert { margin: 12px 0 0; padding: 8px 14px; border-left: 4px solid var(--open); background: var(--card); list-style-position: inside; overflow-wrap: anywhere; }
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 14px; align-items: start; }
    figure { padding: 14px 14px 10px; border: 1px solid var(--rule); border-radius: 10px; background: var(--card); min-width: 0; }
    figure > svg { display: block; width: 100%; max-width: 560px; height: auto; margin: 8px auto 0; }
    figure.wide { grid-column: 1 / -1; } figure.wide > svg { max-width: 720px; margin-left: 0; }
    .note { color: var(--muted); font-size: .83rem; line-height: 1.4; overflow-wrap: anywhere; }
    .legend { display: flex; flex-wrap: wrap; gap: 1px 14px; padding: 5px 0 0; list-style: none; font-size: .83rem; }
    .legend li { overflow-wrap: anywhere; } .legend svg { vertical-align: -1px; margin-right: 5px; }
    .scroll { overflow-x: auto; margin: 10px 0; } .scroll:focus-visible { outline: 2px solid var(--s0); }
    table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; font-weight: 600; padding: 4px 0; }
    th, td { padding: 4px 12px 4px 0; text-align: left; border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: top; }
    th { color: var(--muted); font-weight: 600; } .number { text-align: right; }

    """

  private static let claims = """
    .claim { border: 1px solid var(--rule); border-left: 4px solid var(--skip); border-radius: 8px; background: var(--card); margin: 0 0 8px; }
    .claim.good { border-left-color: var(--good); } .claim.bad { border-left-color: var(--bad); } .claim.open { border-left-color: var(--open); }
    .claim > summary, .claim > .row { display: grid; grid-template-columns: minmax(0, 1.1fr) minmax(0, 340px) minmax(0, 1.2fr); gap: 6px 24px; align-items: center; padding: 8px 14px; }
    .claim > summary { cursor: pointer; list-style: none; } .claim > summary::-webkit-details-marker { display: none; }
    .claim > summary:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; border-radius: 8px; }
    .claim .name { font-weight: 600; overflow-wrap: anywhere; } .claim .name::before { content: "▸"; display: inline-block; width: 1.1em; color: var(--muted); }
    .claim[open] .name::before { content: "▾"; } .row .name::before { content: ""; }
    .claim .about { color: var(--muted); font-size: .88rem; padding-left: 1.15em; overflow-wrap: anywhere; }
    .claim .result { grid-column: 3; } .claim svg { max-width: 100%; height: auto; } .claim .verdict { display: flex; align-items: center; gap: 7px; font-weight: 600; }
    .verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); } .verdict.open { color: var(--open); } .verdict.skip { color: var(--skip); }
    .claim .values { font-size: .9rem; font-variant-numeric: tabular-nums; } .claim .reason { font-size: .86rem; color: var(--muted); overflow-wrap: anywhere; }
    .claim .more { padding: 4px 14px 14px; border-top: 1px solid var(--rule); } .claim .more .grid { margin-top: 10px; }
    .claim .more .grid { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
    .more figure { border-color: var(--grid); } .more figure > svg { max-width: 520px; }
    .icon { flex: none; } .icon .disc { fill: currentColor; stroke: none; }
    .icon.good { color: var(--good); } .icon.bad { color: var(--bad); } .icon.open { color: var(--open); } .icon.skip { color: var(--skip); }
    .icon .sign { fill: none; stroke: var(--card); stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
    details.tables > summary { cursor: pointer; font-weight: 600; margin: 28px 0 8px; }
    @media (max-width: 860px) { main { padding: 14px 12px 32px; } .facts { grid-template-columns: 70px 1fr; } .claim > summary, .claim > .row { grid-template-columns: minmax(0, 1fr); } .claim .result { grid-column: 1; } }

    """

  private static let pictures = """
    svg text { fill: var(--text); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
    svg .tick, svg .axis-title, svg .value { font-size: 11px; } svg .tick, svg .axis-title { fill: var(--muted); }
    svg .value { fill: var(--text); } svg .zone { font-size: 11px; font-weight: 600; } svg .small { font-size: 10px; fill: var(--muted); }
    svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
    svg .good-text { fill: var(--good); } svg .bad-text, svg .limit-text { fill: var(--bad); }
    .axis { stroke: var(--muted); stroke-width: 1; fill: none; } .guide { stroke: var(--grid); stroke-width: 1; }
    .limit { stroke: var(--bad); stroke-width: 2; } .ceiling { stroke: var(--s3); stroke-width: 2; stroke-dasharray: 2 2; } .forbidden { fill: var(--forbid); }
    .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); }
    .good { --c: var(--good); } .bad { --c: var(--bad); } .open { --c: var(--open); } .skip { --c: var(--skip); }
    .line { fill: none; stroke: var(--c, var(--muted)); stroke-width: 2; stroke-linejoin: round; }
    .dashed { stroke-width: 1.6; stroke-dasharray: 6 4; } .dotted { stroke-dasharray: 1.5 3.5; stroke-linecap: round; } .line.other { opacity: .6; stroke-width: 1.5; }
    .whisker { stroke: var(--text); stroke-width: 1.3; } .whisker.s0, .whisker.s1, .whisker.s2, .whisker.s3, .whisker.s4, .whisker.s5, .whisker.s6, .whisker.s7 { stroke: var(--c); }
    .mark { fill: var(--c, var(--text)); stroke: transparent; stroke-width: 9; pointer-events: all; }
    .mark.other { fill: var(--card); stroke: var(--c); stroke-width: 1.6; } .mark.dropped { fill: var(--muted); } .mark.end { fill: var(--text); } .mark.pinned { fill: none; stroke: var(--text); stroke-width: 1.5; }
    .bar { fill: var(--c); } .bar.other { fill: none; stroke: var(--c); stroke-width: 1.3; stroke-dasharray: 3 2; }
    .interval { stroke: var(--c); stroke-width: 6; stroke-opacity: .45; } .interval.other { stroke-opacity: .25; } .arrow { fill: none; stroke: var(--c); stroke-width: 2; }
    .spread { fill: var(--c); fill-opacity: .14; stroke: var(--c); stroke-opacity: .4; stroke-dasharray: 3 2; }
    .boundary { stroke-width: 1.5; stroke-dasharray: 5 3; } .line.path { stroke: var(--text); }
    .node { fill: none; stroke: var(--rule); } .core { fill: var(--page); stroke: var(--rule); } .cpu { fill: var(--card); stroke: var(--rule); } .cpu.used { fill: var(--s0); stroke: var(--s0); }
    svg .on { fill: var(--card); font-weight: 600; }
    @media (max-width: 500px) { main { padding: 12px 8px 24px; } figure { padding: 10px 8px 8px; } .claim .more { padding: 4px 8px 10px; } }

    """

  /// On paper everything is unfolded, in light colors, and no chart is cut.
  private static let paper = """
    @media print {
      :root { color-scheme: light; --page: #fff; --card: #fff; --text: #000; --muted: #444; --rule: #bbb; --grid: #ddd;
        --good: #1a7f37; --bad: #cf222e; --open: #7d5300; --skip: #57606a; --forbid: #cf222e1f; --band: #0969da1f;
        --s0: #0072b2; --s1: #c2570c; --s2: #00805c; --s3: #a3447f; --s4: #7a6a00; --s5: #3b5bdb; --s6: #8a4b2a; --s7: #495057; }
      @page { margin: 14mm; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      body { font-size: 10pt; } main { max-width: none; padding: 0; }
      details::details-content { content-visibility: visible; display: block; block-size: auto; }
      .claim > summary, .claim > .row { grid-template-columns: minmax(0, 1.1fr) minmax(0, 260px) minmax(0, 1.2fr); }
      .claim .result { grid-column: 3; } .grid { grid-template-columns: 1fr 1fr; } figure, .claim > summary, tr { break-inside: avoid; } h2, h3, figcaption { break-after: avoid; }
      .scroll { overflow: visible; } th, td { white-space: normal; }
      .claim .name::before { content: ""; width: 0; } .claim .about { padding-left: 0; }
    }
    """
}
