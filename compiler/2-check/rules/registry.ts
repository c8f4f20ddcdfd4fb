/** What must hold, by kind of node. The rules are sentences; each family has a file. */
import type { AstNode } from 'langium';
import type { TwinAstType } from '../../../grammar/generated/ast.ts';
import type { Analysis } from '../analysis.ts';
import {
  calendarMustBeSound,
  dateMustExist,
  hoursMustLieInTheDay,
  shiftMustLieInTheDay,
  shiftsMustHaveUnits,
} from './calendar.ts';
import {
  assetMustNotContainItself,
  assetMustNotExtendItself,
  instantiatedAssetMustNotBeAbstract,
  overrideMustNameSomethingThatCanBeGiven,
  overridesMustBeDistinct,
  overrideValueMustFit,
  partMustBeGivenWhatItsAssetNeeds,
  twinMustBeGivenWhatItsAssetNeeds,
} from './assets.ts';
import {
  bindingArgumentsMustBeKnown,
  bindingMustNotHoldSecrets,
  bindingsMustBeDistinct,
  bindingTargetMustBeBindable,
  bindingTimesMustBeDurations,
  bindingUnitMustFit,
} from './bindings.ts';
import { estimateMustBeOfAState, estimateNumbersMustFit, estimatesMustBeDistinct } from './estimates.ts';
import {
  correlatedArraysMustHaveOneSize,
  correlatedMustBeDrawn,
  correlationMustBePossible,
} from './correlated.ts';
import { overTimeMustHaveItsPlace } from '../over-time.ts';
import { drawMustStandWhereItHappensOnce, truncationMustFit } from './distributions.ts';
import {
  derivativeMustBeOfState,
  equationMustDefineAnUnknown,
  equationSidesMustFit,
  variableMustHaveOneOwner,
} from './equations.ts';
import {
  actionMustSetStateOrInput,
  actionsMustBeDistinct,
  actionValueMustFit,
  crossingMustCompare,
  crossingMustDoSomething,
  eventMustDoSomething,
  periodMustBePositiveTime,
  previousMustBeInsideAction,
  timerMustBePositiveTime,
  triggerMustBeCondition,
} from './events.ts';
import {
  methodMustBeKnown,
  outputPeriodMustBePositive,
  requirementMustBeCondition,
  runMustLast,
  scenarioMustRunOnce,
  scenarioSettingMustBeConstant,
  scenarioTimeMustLieInTheRun,
  seedMustBeWhole,
  subjectMustNotBeAbstract,
  testMustRequireSomething,
  testTimesMustBeKnown,
} from './scenarios.ts';
import {
  functionMustHaveANameOfItsOwn,
  functionMustNotCallItself,
  functionMustReadItsParametersAlone,
  functionMustStaySmall,
  namesInAFunctionMustBeDistinct,
  returnedValueMustFit,
} from './functions.ts';
import {
  modesMustBeginSomewhere,
  modesMustBeReachable,
  modesMustHaveAWayOut,
  modesMustDefineAlike,
  transitionMustLeadToMode,
} from './modes.ts';
import { emittedMustBeEvent, listenedMustBeEvent, valuesOfEventMustBeDistinct } from './signals.ts';
import { chanceMustBeShown } from './chances.ts';
import { coursesMustBeDistinct, profileMustFit, rampMustMoveAnInput, recordingMustFit } from './inputs.ts';
import { branchesMustMatch, chosenByCondition } from './if-equations.ts';
import { guessMustBeOfUse, guessMustFit } from './initially.ts';
import {
  linkCountMustBeKnown,
  linkMustLeadToParts,
  linkMustOnlyBeRead,
  partMustBeGivenItsLinks,
} from './links.ts';
import {
  arrivalMustBeTime,
  batchMustHaveItems,
  choicesMustAddUp,
  conveyorMustMove,
  madeMustBeWhole,
  onlyWhatIsStoredCanBeTaken,
  storeMustBeTakenFrom,
  lifeMustFit,
  needMustBeResource,
  priorityMustBeNumber,
  processMustBeSound,
  queueMustHoldItems,
  repairMustTakeTime,
  resourceMustBeSound,
  unitsMustSuffice,
  useMustTakeTime,
  waitMustTakeTime,
  warmUpMustTakeTime,
} from './process.ts';
import { memberNamesMustBeDistinct, elementNamesMustBeDistinct } from './names.ts';
import {
  baseMustNotBePort,
  joinMustJoinSomething,
  joinMustNamePorts,
  portMustBalance,
  twinMustNotBePort,
  typeMustMatchKeyword,
} from './ports.ts';
import { noiseMustBeKnown, sensorPeriodMustBePositive, sensorRangeMustFit } from './sensors.ts';
import {
  calibrationMustBeComplete,
  columnMustFeedAnInput,
  comparedMustBeMeasured,
  fittedMustBeContinuous,
  heldOutMustBeATime,
} from './calibrations.ts';
import {
  chosenMustBeGivenBeforeTheRun,
  confidenceMustBeShare,
  constraintMustCompare,
  experimentMustBeComplete,
  reportedMustFit,
  repetitionsMustBeWhole,
  sampleMustBePossible,
  searchMustBeKnown,
  studiedRunMustLast,
  variedMustBeGivenBeforeTheRun,
} from './experiments.ts';
import {
  overriddenMustHaveShape,
  sidesMustHaveOneShape,
  valueMustHaveShapeOfTarget,
  valueMustHaveStatedShape,
  vectorMustStandWhereOneIsTaken,
} from './shapes.ts';
import { tableMustHavePoints } from './tables.ts';
import { declarationsOfUnitsMustHold } from './units.ts';
import {
  arraySizeMustBeKnown,
  constantMustBeKnown,
  fixedValueMustBeKnown,
  loopRangeMustBeKnown,
  declaredUnitMustFit,
  rangeMustFit,
  valueMustBeGiven,
  valueMustFitItsType,
  valueMustLieInItsRange,
} from './variables.ts';
import {
  histogramMustShowValues,
  modesMustBeDrawn,
  phaseMustShowNumbers,
  processMustBeDrawn,
} from './diagrams.ts';
import {
  chartMustShowNumbers,
  gaugeMustShowNumber,
  numberMustBeShowable,
  shownUnitMustFit,
  sliderMustMoveSomething,
} from './views.ts';

export type Rule<Node extends AstNode> = (node: Node, analysis: Analysis) => void;

const table: { [Type in keyof TwinAstType]?: Rule<TwinAstType[Type]>[] } = {
  TwinFile: [elementNamesMustBeDistinct, declarationsOfUnitsMustHold],

  AssetDecl: [
    portMustBalance,
    baseMustNotBePort,
    memberNamesMustBeDistinct,
    assetMustNotExtendItself,
    assetMustNotContainItself,
    overridesMustBeDistinct,
    variableMustHaveOneOwner,
  ],
  VariableDecl: [
    valueMustBeGiven,
    valueMustFitItsType,
    fixedValueMustBeKnown,
    arraySizeMustBeKnown,
    valueMustHaveStatedShape,
    rangeMustFit,
    declaredUnitMustFit,
    valueMustLieInItsRange,
    guessMustBeOfUse,
    guessMustFit,
  ],
  PartDecl: [
    typeMustMatchKeyword,
    linkCountMustBeKnown,
    partMustBeGivenItsLinks,
    instantiatedAssetMustNotBeAbstract,
    arraySizeMustBeKnown,
    overridesMustBeDistinct,
    partMustBeGivenWhatItsAssetNeeds,
  ],
  Override: [
    linkMustLeadToParts,
    overrideMustNameSomethingThatCanBeGiven,
    overrideValueMustFit,
    overriddenMustHaveShape,
    scenarioSettingMustBeConstant,
  ],
  ConstDecl: [constantMustBeKnown, valueMustFitItsType],

  FunctionDecl: [
    functionMustHaveANameOfItsOwn,
    namesInAFunctionMustBeDistinct,
    functionMustNotCallItself,
    functionMustReadItsParametersAlone,
    functionMustStaySmall,
    returnedValueMustFit,
  ],
  FunctionLocal: [returnedValueMustFit],
  TableDecl: [functionMustHaveANameOfItsOwn, namesInAFunctionMustBeDistinct, tableMustHavePoints],

  Equation: [linkMustOnlyBeRead, equationSidesMustFit, sidesMustHaveOneShape, equationMustDefineAnUnknown],
  JoinStatement: [joinMustNamePorts, joinMustJoinSomething],
  BinaryExpr: [vectorMustStandWhereOneIsTaken],
  UnaryExpr: [vectorMustStandWhereOneIsTaken],
  PowerExpr: [vectorMustStandWhereOneIsTaken],
  ConditionalExpr: [vectorMustStandWhereOneIsTaken],
  ParenExpr: [vectorMustStandWhereOneIsTaken],
  IndexExpr: [vectorMustStandWhereOneIsTaken],
  FunctionCall: [
    vectorMustStandWhereOneIsTaken,
    overTimeMustHaveItsPlace,
    derivativeMustBeOfState,
    previousMustBeInsideAction,
  ],
  DrawExpr: [drawMustStandWhereItHappensOnce, truncationMustFit],
  CorrelatedDecl: [correlatedMustBeDrawn, correlatedArraysMustHaveOneSize, correlationMustBePossible],
  ForStatement: [loopRangeMustBeKnown],
  IfStatement: [chosenByCondition, branchesMustMatch],

  WhenStatement: [eventMustDoSomething, actionsMustBeDistinct],
  AtStatement: [crossingMustCompare, crossingMustDoSomething, actionsMustBeDistinct],
  EveryStatement: [periodMustBePositiveTime, eventMustDoSomething, actionsMustBeDistinct],
  EventDecl: [valuesOfEventMustBeDistinct],
  OnStatement: [listenedMustBeEvent, eventMustDoSomething, actionsMustBeDistinct],
  EmitAction: [emittedMustBeEvent],
  CommandCall: [emittedMustBeEvent],
  ModesDecl: [modesMustBeginSomewhere, modesMustBeReachable, modesMustHaveAWayOut, modesMustDefineAlike],
  Transition: [transitionMustLeadToMode, actionsMustBeDistinct],
  AfterStatement: [timerMustBePositiveTime, eventMustDoSomething, actionsMustBeDistinct],
  RuleDecl: [eventMustDoSomething, actionsMustBeDistinct],
  Trigger: [triggerMustBeCondition],
  SetAction: [linkMustOnlyBeRead, actionMustSetStateOrInput, actionValueMustFit, valueMustHaveShapeOfTarget],

  ResourceDecl: [resourceMustBeSound],
  BreakClause: [lifeMustFit],
  RepairClause: [repairMustTakeTime],
  Shift: [shiftMustLieInTheDay],
  Hours: [hoursMustLieInTheDay],
  BeginsEntry: [dateMustExist],
  ExceptEntry: [dateMustExist],
  CalendarDecl: [calendarMustBeSound],
  ShiftsClause: [shiftsMustHaveUnits],
  ProcessDecl: [processMustBeSound],
  ArriveStep: [arrivalMustBeTime],
  QueueStep: [queueMustHoldItems, storeMustBeTakenFrom],
  TakeStep: [onlyWhatIsStoredCanBeTaken],
  MakeStep: [madeMustBeWhole],
  ConveyStep: [conveyorMustMove],
  UseStep: [useMustTakeTime, priorityMustBeNumber, unitsMustSuffice],
  SeizeStep: [priorityMustBeNumber, unitsMustSuffice],
  Need: [needMustBeResource],
  WaitStep: [waitMustTakeTime],
  BatchStep: [batchMustHaveItems],
  SplitStep: [batchMustHaveItems],
  ChooseStep: [choicesMustAddUp],

  SensorDecl: [noiseMustBeKnown, sensorPeriodMustBePositive, sensorRangeMustFit],

  TwinDecl: [
    twinMustNotBePort,
    partMustBeGivenItsLinks,
    instantiatedAssetMustNotBeAbstract,
    overridesMustBeDistinct,
    twinMustBeGivenWhatItsAssetNeeds,
  ],
  BindDecl: [bindingsMustBeDistinct, estimatesMustBeDistinct],
  Binding: [
    bindingTargetMustBeBindable,
    bindingArgumentsMustBeKnown,
    bindingMustNotHoldSecrets,
    bindingUnitMustFit,
    bindingTimesMustBeDurations,
  ],

  Estimate: [estimateMustBeOfAState, estimateNumbersMustFit],

  ScenarioDecl: [subjectMustNotBeAbstract, scenarioMustRunOnce, coursesMustBeDistinct],
  RampStep: [rampMustMoveAnInput],
  ProfileStep: [profileMustFit],
  RecordedStep: [recordingMustFit],
  RunStep: [runMustLast, warmUpMustTakeTime],
  MethodStep: [methodMustBeKnown],
  OutputStep: [outputPeriodMustBePositive],
  SeedStep: [seedMustBeWhole],
  AtStep: [scenarioTimeMustLieInTheRun, actionsMustBeDistinct],
  TestDecl: [testMustRequireSomething],
  RequireStatement: [requirementMustBeCondition, testTimesMustBeKnown],
  ResponseStatement: [requirementMustBeCondition, testTimesMustBeKnown],
  ChanceStatement: [chanceMustBeShown],
  ExpectStatement: [requirementMustBeCondition, testTimesMustBeKnown],

  ExperimentDecl: [experimentMustBeComplete],
  VaryStep: [variedMustBeGivenBeforeTheRun],
  SampleStep: [sampleMustBePossible],
  RepeatStep: [repetitionsMustBeWhole],
  StudiedRun: [studiedRunMustLast],
  Sought: [chosenMustBeGivenBeforeTheRun],
  ConstraintStep: [constraintMustCompare],
  SearchStep: [searchMustBeKnown],
  ReportStep: [confidenceMustBeShare],
  ReportedValue: [reportedMustFit],
  CalibrateDecl: [calibrationMustBeComplete],
  FittedParameter: [fittedMustBeContinuous],
  ComparedValue: [comparedMustBeMeasured],
  ColumnStep: [columnMustFeedAnInput],
  HeldOutStep: [heldOutMustBeATime],

  ViewDecl: [subjectMustNotBeAbstract],
  GaugeWidget: [gaugeMustShowNumber, shownUnitMustFit],
  NumberWidget: [numberMustBeShowable, shownUnitMustFit],
  ChartWidget: [chartMustShowNumbers, shownUnitMustFit],
  PhaseWidget: [phaseMustShowNumbers],
  HistogramWidget: [histogramMustShowValues, shownUnitMustFit],
  ModesWidget: [modesMustBeDrawn],
  ProcessWidget: [processMustBeDrawn],
  SliderWidget: [sliderMustMoveSomething],
  ButtonWidget: [emittedMustBeEvent],
};

// The visitor hands each rule the kind of node it is registered for; the table above holds that to account.
export const RULES = new Map(Object.entries(table)) as unknown as ReadonlyMap<string, Rule<AstNode>[]>;
