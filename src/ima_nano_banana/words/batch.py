"""What is said about a file of many pictures."""

from __future__ import annotations

_FIX = ("改好文件后再运行同一命令", "Correct the file and run the same command again")
_COLUMNS = ("可用的列：{known}", "The columns are: {known}")

TEXTS: dict[str, tuple[str, str]] = {
    # What is wrong with a file
    "no_file": ("读不到文件 {path}({reason})", "The file {path} can't be read ({reason})"),
    "no_file.do": ("检查文件名，或用 - 从标准输入读取", "Check its name, or use - to read standard input"),
    "not_utf8": ("这一行不是 UTF-8 文本", "This line is not UTF-8 text"),
    "not_utf8.do": (
        "把文件另存为 UTF-8（CSV UTF-8），或加上 --encoding gbk",
        "Save the file as UTF-8 (in Excel: CSV UTF-8), or add --encoding gbk",
    ),
    "not_encoded": ("这一行与 --encoding 的编码不符", "This line is not text in the encoding that --encoding names"),
    "not_encoded.do": ("换一个 --encoding，或把文件另存为 UTF-8", "Give another --encoding, or save the file as UTF-8"),
    "bad_encoding": ("--encoding 的值 {value} 不对", "{value} won't do for --encoding"),
    "bad_encoding.do": ("可用的编码：{known}", "The encodings are: {known}"),
    "maybe_gbk": (
        "这一行读作 {read}，但更像 GBK 编码的 {gbk}；没有发送任何内容",
        "This line reads {read}, but looks like {gbk} in GBK; nothing was sent",
    ),
    "maybe_gbk.do": (
        "加上 --encoding gbk；如果就是 {read}，加上 --encoding utf-8",
        "Add --encoding gbk; if {read} is what you mean, add --encoding utf-8",
    ),
    "empty": ("文件里没有任何行", "The file has no rows"),
    "empty.do": ("至少写一行，例如 prompt 列下面写一只猫", "Write at least one row, with a prompt"),
    "not_json": ("这一行不是 JSON 对象", "This line is not a JSON object"),
    "not_json.do": ('每行一个对象，例如 {{"prompt": "一只猫"}}', 'One object a line, such as {{"prompt": "a cat"}}'),
    "document": (
        "这个文件是表格文档、图片或压缩包，不是文本",
        "This file is a workbook, a document, a picture or an archive, not text",
    ),
    "document.do": ("请另存为 CSV UTF-8", "Save it as CSV (in Excel: CSV UTF-8)"),
    "control": ("提示词里有不属于文本的控制字符", "The prompt holds control characters, which no text has"),
    "control.do": _FIX,
    "drawn": ("这是用竖线画的表格", "This is a table drawn with bars"),
    "drawn.do": ("请保存为 CSV，或一行写一个提示词", "Save it as CSV, or write one prompt a line"),
    "sheet_error": ("单元格里是表格软件的错误值：{values}", "Cells hold errors of a spreadsheet: {values}"),
    "sheet_error.do": _FIX,
    "not_csv": ("这一行的引号没有配对", "The quotation marks of this line don't match"),
    "not_csv.do": ("含引号的内容请写成两个引号", 'Write a quotation mark inside a cell twice: ""'),
    "unknown_columns": ("不认识的列：{columns}", "Unknown columns: {columns}"),
    "unknown_columns.do": _COLUMNS,
    "column_twice": ("列 {columns} 出现了两次", "Columns that appear twice: {columns}"),
    "column_twice.do": _FIX,
    "no_prompt": ("缺少 prompt 列", "There is no column called prompt"),
    "no_prompt.do": ("第一行写列名，其中要有 prompt", "Name the columns in the first line, prompt among them"),
    "too_many_cells": (
        "有 {cells} 格，但只有 {columns} 列",
        "It has {cells:cell}, but there {columns:is|are} {columns:column}",
    ),
    "too_many_cells.do": ("含逗号的提示词请用引号括起来", "Put a prompt with commas in quotation marks"),
    "not_text": ("{column} 的值应为文字", "The value of {column} should be text"),
    "not_text.do": _FIX,
    "bad_id": ("id 不对：最多 {most} 个可见字符", "The id won't do: at most {most} printable characters"),
    "bad_id.do": _FIX,
    "bad_count": ("count 的值 {value} 不是整数", "The count {value} is not a whole number"),
    "bad_count.do": ("写 1 到 4", "Write 1 to 4"),
    "bad_images": ("images 应为图片列表", "images should be a list of images"),
    "bad_images.do": (
        '用竖线分隔，或写 JSON 列表，例如 ["a.png", "@row:猫"]',
        'Put | between them, or write a JSON list such as ["a.png", "@row:cat"]',
    ),
    "bad_output": (
        "output 的值 {output} 不能用作文件名",
        "{output} can't be the name of a file in the output folder",
    ),
    "bad_output.do": (
        "用普通的相对路径，例如 cats/01，不要带 ..",
        "Use a plain relative path such as cats/01, without ..",
    ),
    "output_twice": ("output {output} 与第 {first} 行相同", "The output {output} is that of line {first} too"),
    "output_twice.do": _FIX,
    "id_twice": ("id {id} 与第 {first} 行相同", "The id {id} is that of line {first} too"),
    "id_twice.do": ("每行用不同的 id，或不写 id", "Give each row an id of its own, or none"),
    "no_such_row": ("images 引用的行不存在：{ids}", "images refers to rows that are not there: {ids}"),
    "no_such_row.do": _FIX,
    "circle": ("这些行互相等待：{circle}", "These rows wait for each other: {circle}"),
    "circle.do": _FIX,
    "changed": (
        "行 {id} 已经做过，但内容后来改了",
        "The row {id} was made or begun before, and was changed since",
    ),
    "changed.do": (
        "给它一个新的 id 就会另做一张；或改回原来的内容",
        "Give it a new id to have another one made, or change it back",
    ),
    "faults": ("文件有 {count} 处错误；没有发送任何内容", "The file has {count:fault}; nothing was sent"),
    "faults.do": _FIX,
    "fault_line": ("第 {line} 行：{reason}", "Line {line}: {reason}"),
    "fault_row": ("第 {line} 行（{row}）：{reason}", "Line {line} ({row}): {reason}"),
    # Numbers that are given for a batch
    "bad_rate": ("--rate 的值 {value} 不对", "{value} won't do for --rate"),
    "bad_rate.do": ("例如 --rate 20/minute 或 --rate 5/2s", "For example --rate 20/minute, or --rate 5/2s"),
    # The quote and the consent
    "quote_line": (
        "{model} {size}：{rows} 行，{pictures} 张，每张 {each} 积分，共 {credit} 积分",
        "{model} {size}: {rows:row}, {pictures:image} at {each:point}, {credit:point}",
    ),
    "quote_total": (
        "合计：{rows} 行，{pictures} 张图片，{credit} 积分，大约需要 {time}",
        "In all: {rows:row}, {pictures:image}, {credit:point}, about {time}",
    ),
    "quote_before": (
        "之前的运行已完成 {done} 行，{running} 行正在生成（不再付费）",
        "Earlier runs finished {done:row}; {running} {running:is|are} under way and not paid for again",
    ),
    "quote_short": (
        "预算只剩 {left} 积分：先做到预算用完为止，其余的以后可以继续",
        "The budget has {left:point} left: rows are made until it is used up, and the rest can follow later",
    ),
    "twin": (
        "这些行已经在批次 {id}（{where}）里做过或正在做，图片也在同一个目录；没有发送任何内容",
        "These rows were made or begun as the batch {id} ({where}), into the same folder; nothing was sent",
    ),
    "twin.do": (
        "要继续那个批次，加上 --name {id}；要全部重做并再次付费，用 --name 给它一个新名字",
        "Add --name {id} to continue that batch, or give it a new name with --name to pay for everything anew",
    ),
    "ask_twin": (
        "继续那个批次（c），还是全部重做并再次付费（n）？[c/n] ",
        "Continue it (c), or pay for all anew (n)? [c/n] ",
    ),
    "continued": ("c 继续", "c continue"),
    "anew": ("n 重做", "n anew new"),
    "ask": ("花费最多 {credit} 积分并开始吗？[y/N] ", "Spend up to {credit:point} and begin? [y/N] "),
    "agreed": ("y yes 是 好 可以", "y yes"),
    "consent": (
        "这批图片需要 {credit} 积分，而没有人可以确认",
        "This batch costs {credit:point}, and nobody is there to agree to it",
    ),
    "consent.do": (
        "加上 --yes 表示同意，或用 --max-credits 给出预算",
        "Add --yes to agree, or give a budget with --max-credits",
    ),
    "declined": ("没有开始；没有发送任何内容，也没有扣费", "Not begun; nothing was sent and nothing was charged"),
    "declined.do": ("需要时再运行同一命令", "Run the same command again whenever you like"),
    # On the way
    "state_done": ("完成 {count}", "{count} done"),
    "state_partial": ("部分完成 {count}", "{count} partly done"),
    "state_failed": ("失败 {count}", "{count} failed"),
    "state_uncertain": ("结果未知 {count}", "{count} uncertain"),
    "state_running": ("进行中 {count}", "{count} running"),
    "state_waiting": ("未开始 {count}", "{count} not begun"),
    "name_done": ("完成", "done"),
    "name_partial": ("部分完成", "partly done"),
    "name_failed": ("失败", "failed"),
    "name_uncertain": ("结果未知，可能已扣费", "uncertain, may have been charged"),
    "name_running": ("仍在生成", "still running"),
    "name_waiting": ("未开始", "not begun"),
    "frozen": ("🧊 已冻结：{reason}", "🧊 frozen: {reason}"),
    "freeze_begins": (
        "🧊 已冻结（原因：{reason}）：不再开始新的行，已付费的照常取回；解除冻结后自动继续",
        (
            "🧊 Frozen (reason: {reason}): no row is begun, and what is paid is fetched; "
            "the batch goes on by itself when the freeze ends"
        ),
    ),
    "freeze_ends": ("冻结已解除，继续", "The freeze has ended; going on"),
    "spent": ("已用 {credit} 积分", "{credit:point} spent"),
    "left": ("剩余 {credit} 积分", "{credit:point} left"),
    "speed": ("每分钟 {speed} 行", "{speed:row} a minute"),
    "remaining": ("约剩 {time}", "about {time} to go"),
    "held_creates": ("服务要求等到 {until} 再提交新的", "the service asks to send nothing new until {until}"),
    "held_looks": ("服务要求等到 {until} 再查询进度", "the service asks to look no more until {until}"),
    "patience": (
        "服务要求等到 {until} 之后再提交，批次没有一直等下去",
        "The service asks to send nothing new until {until}, longer than a batch waits",
    ),
    "patience.do": (
        "在那之后运行同一命令即可继续，已完成的不会再付费",
        "Run the same command after that to continue; nothing that is done is paid for again",
    ),
    "points": ("{credit} 积分", "{credit:point}"),
    "line": ("第 {line} 行", "line {line}"),
    "seconds": ("{count} 秒", "{count} s"),
    "minutes": ("{count} 分钟", "{count} min"),
    "hours": ("{count} 小时", "{count} h"),
    "row_event": ("{row}：{message}", "{row}: {message}"),
    # The end
    "all_done": ("✅ 全部 {rows} 行都已完成。", "✅ Done: {rows:row}."),
    "not_all": (
        (
            "{rows} 行中完成了 {done} 行，{failed} 行失败，{uncertain} 行结果未知，"
            "{running} 行仍在生成，{waiting} 行未开始"
        ),
        (
            "Of {rows:row} {done} {done:is|are} done, {failed} failed, {uncertain} {uncertain:is|are} uncertain, "
            "{running} still {running:runs|run} and {waiting} {waiting:was|were} not begun"
        ),
    ),
    "not_all.do": (
        "再运行同一命令就会继续，已完成的不会再付费；--retry-failed 会重做失败的行",
        (
            "Run the same command to continue; nothing that is done is paid for again. "
            "--retry-failed makes the failed rows anew"
        ),
    ),
    "stopped": ("批次停止：{reason}", "The batch stopped: {reason}"),
    "results_lost": (
        "结果文件 {path} 写不进去（{reason}），所以不再开始新的行",
        "The results can't be written to {path} ({reason}), so no more rows are begun",
    ),
    "results_lost.do": (
        "腾出空间，或换一个 --output-dir，再运行同一命令：它会接着做，付过的不会再付",
        "Make room, or give another --output-dir, and run the same command: it goes on and pays for nothing twice",
    ),
    "interrupted": (
        "批次被中断：不再发送新的行，已经开始的任务会继续生成",
        "The batch was interrupted: no more rows are sent, and the tasks that run are let be",
    ),
    "interrupted.do": ("运行同一命令即可继续：{command}", "Continue with the same command: {command}"),
    "call_stopped": (
        "批次被中断：不再发送新的行，已经开始的任务会继续生成",
        "The batch was stopped: no more rows are sent, and the tasks that run are let be",
    ),
    "call_stopped.do": (
        "用同样的行再次调用即可继续，已完成的不会再付费",
        "Call it again with the same rows to continue; nothing that is done is paid for again",
    ),
    "no_agreement": (
        "这批图片需要 {credit} 积分，而没有人同意过",
        "This batch costs {credit:point}, and nobody has agreed to that",
    ),
    "no_agreement.do": (
        "用 max_credits= 给出预算，或先 batch_quote(…) 看报价，再 .run()",
        "Give a budget with max_credits=, or look at batch_quote(...) first and then call .run() of it",
    ),
    "twin_rows": (
        "这些行已经在批次 {id}（{where}）里做过或正在做，图片也在同一个目录；没有发送任何内容",
        "These rows were made or begun as the batch {id} ({where}), into the same folder; nothing was sent",
    ),
    "twin_rows.do": (
        "用 name={id} 继续那个批次；要全部重做并再次付费，用 name= 给它一个新名字",
        "Continue that batch with name={id}, or give it a new name with name= to pay for everything anew",
    ),
    "not_row": ("这一行既不是带列名的映射，也不是提示词", "This row is neither a mapping of columns nor a prompt"),
    "not_row.do": ('例如 {{"prompt": "一只猫", "size": "1K"}}', 'For example {{"prompt": "a cat", "size": "1K"}}'),
    "results": ("📄 结果：{path}", "📄 Results: {path}"),
    "sheet": ("🖼️ 总览：{path}", "🖼️ Contact sheet: {path}"),
    "parent": (
        "它需要行 {row} 的图片，而那一行没有做成",
        "It needs the image of row {row}, which was not made",
    ),
    "parent.do": (
        "先解决行 {row} 的问题，再运行同一命令",
        "Settle row {row} first, then run the same command",
    ),
    "sheet_troubled": ("没有完成的行", "Rows that are not done"),
    "sheet_made": ("图片", "Images"),
}
