import type { SeedCourse } from './course.ts';

/** Languages, mind and everyday life: eight courses. */
export const lifeCourses: readonly SeedCourse[] = [
  {
    title: '商务英语口语：开会不再沉默',
    subtitle: '会议、邮件、电话与谈判的三百句',
    summary: '按场景学句子，按句子学语法。每一讲先听一段真实的会议录音，再拆成能马上开口的表达。',
    category: 'language',
    tags: ['英语', '口语', 'Business English'],
    teacher: 'Emily 王',
    priceYuan: 219,
    accessDays: 365,
    trialCount: 1,
    chapters: [
      [
        '开会',
        [
          ['开场与自我介绍', 14],
          ['表达不同意见', 18],
          ['打断与被打断', 15],
        ],
      ],
      [
        '书面',
        [
          ['一封清楚的邮件', 17],
          ['跟进与催促', 13],
        ],
      ],
      [
        '谈判',
        [
          ['报价与还价', 19],
          ['说不', 12],
        ],
      ],
    ],
  },
  {
    title: '日语五十音到 N4',
    subtitle: '一百天，每天二十分钟',
    summary: '从假名到助词，从自我介绍到看懂菜单和路牌。配套一千张记忆卡片，跟着节奏走就能考过 N4。',
    category: 'language',
    tags: ['日语', 'N4', '零基础'],
    teacher: '佐藤由美',
    priceYuan: 269,
    accessDays: 365,
    trialCount: 2,
    chapters: [
      [
        '五十音',
        [
          ['平假名（上）', 16],
          ['平假名（下）', 16],
          ['片假名', 18],
        ],
      ],
      [
        '语法',
        [
          ['は 和 が', 21],
          ['动词的变化', 24],
          ['形容词', 19],
        ],
      ],
      [
        '用起来',
        [
          ['点菜与问路', 17],
          ['N4 真题讲解', 28],
        ],
      ],
    ],
  },
  {
    title: '心理学与生活：看懂自己的情绪',
    subtitle: '焦虑、拖延与亲密关系的十二讲',
    summary:
      '情绪不是敌人。用心理学研究里经得起检验的方法，理解焦虑从哪里来，拖延在回避什么，怎样好好吵一架。',
    category: 'mind',
    tags: ['心理学', '情绪', '自我成长'],
    teacher: '罗安',
    priceYuan: 119,
    accessDays: null,
    trialCount: 1,
    chapters: [
      [
        '情绪',
        [
          ['情绪在告诉你什么', 15],
          ['焦虑的机制', 18],
          ['拖延不是懒', 17],
        ],
      ],
      [
        '关系',
        [
          ['依恋类型', 20],
          ['好好吵一架', 19],
          ['边界', 14],
        ],
      ],
    ],
  },
  {
    title: '如何学习：把知识变成自己的',
    subtitle: '记忆、练习与复盘的科学方法',
    summary:
      '划线和重读为什么没用？间隔、提取、交错、输出，四个被实验反复证明的方法，配一张每天可以照着做的表。',
    category: 'mind',
    tags: ['学习方法', '记忆', '效率'],
    teacher: '罗安',
    priceYuan: 0,
    accessDays: null,
    trialCount: 1,
    chapters: [
      [
        '四个方法',
        [
          ['为什么重读没用', 11],
          ['提取：合上书再想一遍', 14],
          ['间隔与交错', 15],
          ['教给别人', 12],
        ],
      ],
    ],
  },
  {
    title: '家庭理财入门：先看懂，再投资',
    subtitle: '记账、保险、基金与房贷',
    summary: '从一张家庭资产表开始，先把保障做好，再谈投资。讲清楚基金定投、保险条款和房贷提前还款这三笔账。',
    category: 'finance',
    tags: ['理财', '基金', '保险'],
    teacher: '梁静秋',
    priceYuan: 129,
    accessDays: null,
    trialCount: 1,
    chapters: [
      [
        '底子',
        [
          ['画出家庭资产表', 14],
          ['应急金要多少', 12],
          ['保险：先大人后孩子', 20],
        ],
      ],
      [
        '投资',
        [
          ['基金定投的真相', 22],
          ['房贷要不要提前还', 18],
        ],
      ],
    ],
  },
  {
    title: '正面管教：和孩子好好说话',
    subtitle: '三到十岁，二十个最常见的场景',
    summary:
      '不吼不叫也不放任。每一讲一个场景：不肯睡、抢玩具、写作业磨蹭、说谎，讲清背后的原因和当下能说的一句话。',
    category: 'parenting',
    tags: ['育儿', '亲子沟通', '教育'],
    teacher: '许乐言',
    priceYuan: 79,
    accessDays: null,
    trialCount: 1,
    chapters: [
      [
        '听懂孩子',
        [
          ['哭闹是一种语言', 13],
          ['先处理情绪', 14],
        ],
      ],
      [
        '二十个场景',
        [
          ['不肯睡觉', 11],
          ['抢玩具', 10],
          ['写作业磨蹭', 16],
          ['说谎', 15],
        ],
      ],
    ],
  },
  {
    title: '居家健身：每天十五分钟',
    subtitle: '不用器械，不伤膝盖',
    summary: '从体态评估开始，六周循序渐进的徒手训练。每个动作讲清发力和常见错误，膝盖不好的人有替代动作。',
    category: 'health',
    tags: ['健身', '运动', '体态'],
    teacher: '石磊',
    priceYuan: 39,
    accessDays: 180,
    trialCount: 1,
    chapters: [
      [
        '准备',
        [
          ['评估你的体态', 12],
          ['热身与呼吸', 15],
        ],
      ],
      [
        '六周计划',
        [
          ['第一至二周：激活', 15],
          ['第三至四周：力量', 16],
          ['第五至六周：耐力', 17],
        ],
      ],
    ],
  },
  {
    title: '中医食养：四季吃什么',
    subtitle: '三十道家常菜里的道理',
    summary: '不讲玄学，讲节气、食材与做法。每一季七八道家常菜，讲清为什么这时候吃它，哪些人不适合。',
    category: 'health',
    tags: ['食养', '中医', '家常菜'],
    teacher: '方素问',
    priceYuan: 99,
    accessDays: null,
    trialCount: 1,
    chapters: [
      [
        '春夏',
        [
          ['春天吃芽', 14],
          ['入夏祛湿', 16],
        ],
      ],
      [
        '秋冬',
        [
          ['秋燥与梨', 13],
          ['冬天的一锅汤', 17],
        ],
      ],
    ],
  },
];
